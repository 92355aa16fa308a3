#include "servers/drivers/postgres/postgres.hpp"
#include "servers/drivers/redis/redis.hpp"
#include "servers/runtime/service_options.hpp"

namespace tvl::waits {

void check(const service_options& o) {
  find_redis(o.redis);
  postgres_address{o.postgres};
}

}  // namespace tvl::waits
