#pragma once
// Clients and options of the back-end services, shared by all threads of a process.

#include "servers/drivers/blocking_pool.hpp"
#include "servers/drivers/executor.hpp"
#include "servers/drivers/http/curl_handles.hpp"
#include "servers/drivers/postgres/blocking_postgres.hpp"
#include "servers/drivers/redis/blocking_redis.hpp"
#include "servers/drivers/websocket/blocking_rooms.hpp"
#include "servers/runtime/service_options.hpp"
#include "servers/waits/introspection.hpp"

#include <memory>

namespace tvl::waits::blocking {

class services {
 public:
  // Does not connect yet. Throws std::runtime_error for an unusable library or an invalid address.
  explicit services(const service_options& o)
      : options(o),
        offload(offload_pool::of_process(o.offload_threads, o.queue)),
        redis(options),
        postgres(options),
        tokens(o),
        endpoint_lookups(1, o.queue, [] { return std::make_unique<endpoint_lookup>(); }) {}

  const service_options options;
  const std::shared_ptr<offload_pool> offload;
  redis_client redis;
  postgres_client postgres;
  curl_handles handles;
  introspection tokens;
  pool<endpoint_lookup> endpoint_lookups;  // one: lookups of the token endpoint are single-flight
  blocking::rooms rooms;
};

}  // namespace tvl::waits::blocking
