#include "servers/upstream/loop.hpp"

#include "servers/runtime/listener.hpp"
#include "servers/upstream/connection.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include <array>
#include <chrono>
#include <csignal>

namespace tvl::upstream {
namespace {

using runtime::accept_failure;
using read_buffer = std::array<char, 16u << 10>;

constexpr std::chrono::milliseconds back_off{20};  // after accept() ran out of descriptors

runtime::task accept(runtime::tcp_acceptor acceptor, SSL_CTX* tls, service& s, read_buffer& buffer) {
  acceptor.non_blocking(true);
  for (;;) {
    boost::system::error_code ec;
    auto socket = acceptor.accept(ec);
    if (!ec) {
      ++s.counters.accepted;
      socket.non_blocking(true, ec);
      runtime::prepare_accepted(socket.native_handle());
      boost::asio::co_spawn(acceptor.get_executor(),
                            serve(std::make_unique<connection>(std::move(socket), tls, s, buffer)),
                            boost::asio::detached);
    } else if (ec == boost::asio::error::would_block) {
      co_await acceptor.async_wait(runtime::tcp_acceptor::wait_read, quietly);
    } else if (runtime::judge_accept(ec.value()) == accept_failure::back_off) {
      co_await runtime::timer(acceptor.get_executor(), back_off).async_wait(quietly);
    }
  }
}

}  // namespace

void serve_until_stopped(int plain_listener, int tls_listener, SSL_CTX* tls, service& s) {
  std::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes without MSG_NOSIGNAL
  read_buffer buffer;
  boost::asio::io_context context(BOOST_ASIO_CONCURRENCY_HINT_UNSAFE_IO);
  boost::asio::signal_set stop(context, SIGTERM, SIGINT);
  stop.async_wait([&](const boost::system::error_code&, int) { context.stop(); });
  const auto start = [&](int listener, SSL_CTX* how) {
    boost::asio::co_spawn(context, accept(runtime::tcp_acceptor(context, runtime::tcp::v4(), listener), how, s, buffer),
                          boost::asio::detached);
  };
  start(plain_listener, nullptr);
  start(tls_listener, tls);
  context.run();
}

}  // namespace tvl::upstream
