#include "servers/waits/awaiting/cache.hpp"

namespace tvl::waits::awaiting {

boost::asio::awaitable<handler::outcome, runtime::executor> cache(services& s, const handler::plan& p) {
  return s.redis.get(*p.text);
}

}  // namespace tvl::waits::awaiting
