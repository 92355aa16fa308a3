#include "servers/waits/awaiting/client_watch.hpp"

namespace tvl::waits::awaiting {

namespace asio = boost::asio;

asio::awaitable<bool, runtime::executor> deliver(runtime::peer& p, clock::time_point deadline) {
  for (p.send(); p.session().has_output() && !p.finished(); p.send()) {
    runtime::timer timer(p.socket().get_executor(), deadline);
    const auto ended =
        co_await asio::experimental::make_parallel_group(
            p.socket().async_wait(runtime::tcp_socket::wait_write, asio::deferred), timer.async_wait(asio::deferred))
            .async_wait(asio::experimental::wait_for_one(), asio::deferred);
    if (std::get<0>(ended)[0] == 1) p.session().abort();
  }
  co_return !p.finished();
}

}  // namespace tvl::waits::awaiting
