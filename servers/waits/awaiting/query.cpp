#include "servers/waits/awaiting/query.hpp"

namespace tvl::waits::awaiting {

boost::asio::awaitable<handler::outcome, runtime::executor> query(services& s, const handler::plan& p) {
  return s.postgres.row(p.number, p.time);
}

}  // namespace tvl::waits::awaiting
