#include "servers/waits/awaiting.hpp"

#include "servers/waits/blocking.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/this_coro.hpp>

namespace tvl::waits::awaiting {

namespace asio = boost::asio;

runtime::task fulfil(const handler::plan& p) {
  if (p.kind != handler::plan::wait::sleep) {
    blocking::fulfil(p);
    co_return;
  }
  runtime::timer timer(co_await asio::this_coro::executor, p.time);
  const auto [ec] = co_await timer.async_wait(asio::as_tuple(asio::deferred));
  static_cast<void>(ec);
}

}  // namespace tvl::waits::awaiting
