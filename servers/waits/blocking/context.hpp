#pragma once
// What the waits of a process have in common, for all its threads: where the services are, and the connections to them.

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
  // Connects to nothing yet. Throws std::runtime_error when a library cannot be used or an address is none.
  explicit services(const service_options& o)
      : options(o),
        offload(offload_pool::of_process(o.offload_threads, o.queue)),
        redis(options),
        postgres(options),
        tokens(o),
        inquiries(1, o.queue, [] { return std::make_unique<inquiry>(); }) {}

  const service_options options;
  const std::shared_ptr<offload_pool> offload;
  redis_client redis;
  postgres_client postgres;
  curl_handles handles;
  introspection tokens;
  pool<inquiry> inquiries;  // one, for those who do not know the token endpoint
  blocking::rooms rooms;
};

}  // namespace tvl::waits::blocking
