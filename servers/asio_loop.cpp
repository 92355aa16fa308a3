// One epoll loop of coroutines.

#include "servers/runtime/listener.hpp"
#include "servers/runtime/peer.hpp"
#include "servers/waits/awaiting/answer.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/this_coro.hpp>

#include <array>
#include <memory>

namespace {

using namespace tvl;
using boost::asio::io_context;
using runtime::quietly;

// One reference for both, to keep the coroutine's frame small: every idle connection holds one.
struct shared {
  waits::awaiting::services services;
  std::array<char, runtime::read_size> buffer;
};

runtime::task serve(shared& all, std::unique_ptr<runtime::peer> peer) {
  while (!peer->finished()) {
    co_await peer->socket().async_wait(peer->next_wait(), quietly);
    peer->exchange(all.buffer);
    while (const auto* plan = peer->next()) {
      co_await waits::awaiting::answer(all.services, peer, *plan);
      if (!peer) co_return;  // it became a WebSocket
    }
    peer->send();
  }
}

runtime::task accept(runtime::server& server, runtime::tcp_acceptor& acceptor, shared& all) {
  for (;;) {
    boost::system::error_code ec;
    auto socket = acceptor.accept(ec);
    if (!ec) {
      if (runtime::refused(server, socket)) continue;
      socket.non_blocking(true, ec);
      auto peer = std::make_unique<runtime::peer>(server, std::move(socket));
      boost::asio::co_spawn(acceptor.get_executor(), serve(all, std::move(peer)), boost::asio::detached);
      continue;
    }
    if (ec == boost::asio::error::would_block) {
      co_await acceptor.async_wait(runtime::tcp_acceptor::wait_read, quietly);
      continue;
    }
    const auto failure = runtime::judge_accept(ec.value());
    if (failure == runtime::accept_failure::stop) co_return;
    if (failure == runtime::accept_failure::back_off)
      co_await runtime::timer(acceptor.get_executor(), runtime::accept_back_off).async_wait(quietly);
  }
}

runtime::task tick(runtime::server& server) {
  runtime::timer timer(co_await boost::asio::this_coro::executor);
  while (server.tick()) {
    timer.expires_after(server.next_tick());
    co_await timer.async_wait(quietly);
  }
  timer.get_executor().context().stop();  // idle connections to services have pending operations
}

void run(runtime::server& server) {
  io_context context(BOOST_ASIO_CONCURRENCY_HINT_UNSAFE_IO);
  shared all{{context, server.options.services}, {}};
  runtime::tcp_acceptor acceptor(context, runtime::tcp::v4(), server.listeners.front());
  acceptor.non_blocking(true);
  boost::asio::co_spawn(context, tick(server), boost::asio::detached);
  boost::asio::co_spawn(context, accept(server, acceptor, all), boost::asio::detached);
  context.run();
}

}  // namespace

int main(int argc, char** argv) {
  return runtime::serve(argc, argv, "HTTP server: one epoll loop of C++20 coroutines (Boost.Asio).",
                        {.services = waits::check}, run);
}
