#pragma once
// Clients and options of the back-end services, shared by the waits of one loop and for its thread only.

#include "servers/drivers/awaiting_pool.hpp"
#include "servers/drivers/executor.hpp"
#include "servers/drivers/http/curl_handles.hpp"
#include "servers/drivers/http/curl_multi.hpp"
#include "servers/drivers/loop_notifier.hpp"
#include "servers/drivers/postgres/awaiting_postgres.hpp"
#include "servers/drivers/redis/awaiting_redis.hpp"
#include "servers/drivers/websocket/awaiting_rooms.hpp"
#include "servers/runtime/service_options.hpp"
#include "servers/waits/introspection.hpp"

#include <boost/asio/io_context.hpp>

#include <memory>

namespace tvl::waits::awaiting {

// Destroy it before its io_context, which has to be stopped: kept connections have pending operations.
class services {
 public:
  // Does not connect yet. Throws std::runtime_error for an unusable library or an invalid address.
  services(boost::asio::io_context& context, const service_options& o)
      : options(o),
        loop(context),
        offload(offload_pool::of_process(o.offload_threads, o.queue)),
        redis(context, options),
        postgres(context, options),
        multi(context, {.kept = kept_connections}),
        tokens(o),
        endpoint_lookups(1, o.queue, [] { return std::make_unique<endpoint_lookup>(); }),
        rooms(loop) {}

  // To the upstream: as many as a workload's concurrent requests, to avoid reconnecting.
  static constexpr long kept_connections = 1024;

  const service_options options;
  const loop_notifier loop;  // for the executor's threads
  const std::shared_ptr<offload_pool> offload;
  redis_client redis;
  postgres_client postgres;
  curl_handles handles;
  curl_multi multi;
  introspection tokens;
  pool<endpoint_lookup> endpoint_lookups;  // one: lookups of the token endpoint are single-flight
  awaiting::rooms rooms;
};

}  // namespace tvl::waits::awaiting
