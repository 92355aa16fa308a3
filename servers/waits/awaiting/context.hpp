#pragma once
// What the waits of a loop have in common, for its thread alone: where the services are, and the connections to them.

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

// Gone before its io_context. Connections that are kept leave operations pending: the io_context has to be stopped.
class services {
 public:
  // Connects to nothing yet. Throws std::runtime_error when a library cannot be used or an address is none.
  services(boost::asio::io_context& context, const service_options& o)
      : options(o),
        loop(context),
        offload(offload_pool::of_process(o.offload_threads, o.queue)),
        redis(context, options),
        postgres(context, options),
        multi(context, {.kept = kept_connections}),
        tokens(o),
        inquiries(1, o.queue, [] { return std::make_unique<inquiry>(); }),
        rooms(loop) {}

  // To the upstream; as many as a workload may have under way, else it would open new ones all the time.
  static constexpr long kept_connections = 1024;

  const service_options options;
  const loop_notifier loop;  // for the executor's threads
  const std::shared_ptr<offload_pool> offload;
  redis_client redis;
  postgres_client postgres;
  curl_handles handles;
  curl_multi multi;
  introspection tokens;
  pool<inquiry> inquiries;  // one, for those who do not know the token endpoint
  awaiting::rooms rooms;
};

}  // namespace tvl::waits::awaiting
