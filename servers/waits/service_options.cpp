#include "servers/waits/service_options.hpp"

#include "servers/waits/postgres.hpp"
#include "servers/waits/redis.hpp"

namespace tvl::waits {

void check(const service_options& o) {
  find_redis(o.redis);
  postgres_address{o.postgres};
}

}  // namespace tvl::waits
