// One epoll loop of stackful fibers: any function that they call may suspend them.

#include "servers/runtime/fiber_stacks.hpp"
#include "servers/runtime/listener.hpp"
#include "servers/runtime/peer.hpp"
#include "servers/waits/fiber/answer.hpp"

#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/spawn.hpp>

#include <array>
#include <memory>
#include <new>

namespace {

using namespace tvl;
using boost::asio::io_context;
using waits::fiber::yield;
using read_buffer = std::array<char, runtime::read_size>;

template <class F>
void start_fiber(const runtime::executor& where, runtime::fiber_stacks& stacks, F body) {
  boost::asio::spawn(where, std::allocator_arg, stacks.get_allocator(), std::move(body), boost::asio::detached);
}

void serve(waits::awaiting::services& services, std::unique_ptr<runtime::peer> peer, read_buffer& buffer,
           const yield& y) {
  boost::system::error_code ec;
  while (!peer->finished()) {
    peer->socket().async_wait(peer->next_wait(), y[ec]);
    peer->exchange(buffer);
    while (const auto* plan = peer->next()) waits::fiber::answer(services, peer, *plan, y);
    peer->send();
  }
}

// Closes the connection when no stack is left, as asio_threads does without a thread.
void serve_in_fiber(waits::awaiting::services& services, std::unique_ptr<runtime::peer> peer,
                    runtime::fiber_stacks& stacks, read_buffer& buffer) try {
  const auto where = peer->socket().get_executor();
  start_fiber(where, stacks, [&services, p = std::move(peer), &buffer](const yield& y) mutable {
    serve(services, std::move(p), buffer, y);
  });
} catch (const std::bad_alloc&) {  // reported by fiber_stacks
}

void accept(runtime::server& server, waits::awaiting::services& services, runtime::tcp_acceptor& acceptor,
            runtime::fiber_stacks& stacks, read_buffer& buffer, const yield& y) {
  for (;;) {
    boost::system::error_code ec;
    auto socket = acceptor.accept(ec);
    if (!ec) {
      if (runtime::refused(server, socket)) continue;
      socket.non_blocking(true, ec);
      serve_in_fiber(services, std::make_unique<runtime::peer>(server, std::move(socket)), stacks, buffer);
      continue;
    }
    if (ec == boost::asio::error::would_block) {
      acceptor.async_wait(runtime::tcp_acceptor::wait_read, y[ec]);
      continue;
    }
    const auto failure = runtime::judge_accept(ec.value());
    if (failure == runtime::accept_failure::stop) return;
    if (failure == runtime::accept_failure::back_off)
      runtime::timer(acceptor.get_executor(), runtime::accept_back_off).async_wait(y[ec]);
  }
}

void tick(runtime::server& server, const yield& y) {
  runtime::timer timer(y.get_executor());
  boost::system::error_code ec;
  while (server.tick()) {
    timer.expires_after(server.next_tick());
    timer.async_wait(y[ec]);
  }
  timer.get_executor().context().stop();  // idle connections to services have pending operations
}

void run(runtime::server& server) {
  runtime::fiber_stacks stacks(server.options.stack);  // before the loop, whose destructor frees the last stacks
  io_context context(BOOST_ASIO_CONCURRENCY_HINT_UNSAFE_IO);
  waits::awaiting::services services(context, server.options.services);
  runtime::tcp_acceptor acceptor(context, runtime::tcp::v4(), server.listeners.front());
  acceptor.non_blocking(true);
  read_buffer buffer;
  start_fiber(context.get_executor(), stacks, [&](const yield& y) { tick(server, y); });
  start_fiber(context.get_executor(), stacks,
              [&](const yield& y) { accept(server, services, acceptor, stacks, buffer, y); });
  context.run();
}

}  // namespace

int main(int argc, char** argv) {
  return runtime::serve(argc, argv, "HTTP server: one epoll loop of stackful fibers (Boost.Asio, Boost.Context).",
                        {.stack = true, .services = waits::check}, run);
}
