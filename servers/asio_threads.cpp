// One thread per connection, blocking calls.

#include "servers/runtime/listener.hpp"
#include "servers/runtime/peer.hpp"
#include "servers/runtime/thread.hpp"
#include "servers/waits/blocking/answer.hpp"

#include <boost/asio/io_context.hpp>

#include <array>
#include <memory>
#include <thread>

namespace {

using namespace tvl;
using boost::asio::io_context;

void serve(waits::blocking::services& services, std::unique_ptr<runtime::peer> peer) {
  std::array<char, runtime::read_size> buffer;
  while (!peer->finished()) {
    peer->exchange(buffer);
    while (const auto* plan = peer->next()) waits::blocking::answer(services, *peer, *plan);
    peer->send();
  }
}

void accept(runtime::server& server, waits::blocking::services& services, runtime::tcp_acceptor& acceptor) {
  for (;;) {
    boost::system::error_code ec;
    auto socket = acceptor.accept(ec);
    if (!ec) {
      if (runtime::refused(server, socket)) continue;
      auto peer = std::make_unique<runtime::peer>(server, std::move(socket));
      runtime::start_thread(server.options.stack,
                            [&services, p = std::move(peer)]() mutable { serve(services, std::move(p)); });
      continue;
    }
    const auto failure = runtime::judge_accept(ec.value());
    if (failure == runtime::accept_failure::stop) return;
    if (failure == runtime::accept_failure::back_off) std::this_thread::sleep_for(runtime::accept_back_off);
  }
}

void tick(runtime::server& server) {
  while (server.tick()) std::this_thread::sleep_for(server.next_tick());
}

void run(runtime::server& server) {
  waits::blocking::services services(server.options.services);
  io_context context;
  runtime::tcp_acceptor acceptor(context, runtime::tcp::v4(), server.listeners.front());
  const std::jthread ticker(tick, std::ref(server));
  accept(server, services, acceptor);
}

}  // namespace

int main(int argc, char** argv) {
  return runtime::serve(argc, argv, "HTTP server: one thread per connection, blocking calls (Boost.Asio).",
                        {.stack = true, .services = waits::check}, run);
}
