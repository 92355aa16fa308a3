#include "servers/waits/blocking/cache.hpp"

namespace tvl::waits::blocking {

handler::outcome cache(services& s, const handler::plan& p) { return s.redis.get(*p.text); }

}  // namespace tvl::waits::blocking
