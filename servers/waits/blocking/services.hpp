#pragma once
// What the waits of a process have in common, for all its threads: where the services are, and the connections to them.

#include "servers/waits/blocking/pool.hpp"
#include "servers/waits/blocking/postgres.hpp"
#include "servers/waits/blocking/redis.hpp"
#include "servers/waits/blocking/rooms.hpp"
#include "servers/waits/curl_handles.hpp"
#include "servers/waits/introspection.hpp"
#include "servers/waits/offload_pool.hpp"
#include "servers/waits/service_options.hpp"

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
