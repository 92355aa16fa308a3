// One pthread per connection, blocking system calls, no library: the lower bound of asio_threads' overhead.

#include "servers/runtime/listener.hpp"
#include "servers/runtime/posix_peer.hpp"
#include "servers/runtime/thread.hpp"
#include "servers/waits/blocking/waits.hpp"

#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <memory>
#include <thread>

namespace {

using namespace tvl;

void serve(std::unique_ptr<runtime::posix_peer> peer) {
  std::array<char, runtime::read_size> buffer;
  while (!peer->finished()) {
    peer->exchange(buffer);
    while (const auto* plan = peer->next()) peer->session().reply(waits::blocking::local(*plan));
    peer->send();
  }
}

void accept(runtime::server& server) {
  for (;;) {
    const int socket = ::accept4(server.listeners.front(), nullptr, nullptr, SOCK_CLOEXEC);
    if (socket >= 0) {
      if (runtime::refused(server, socket)) continue;
      auto peer = std::make_unique<runtime::posix_peer>(server, socket);
      runtime::start_thread(server.options.stack, [p = std::move(peer)]() mutable { serve(std::move(p)); });
      continue;
    }
    const auto failure = runtime::judge_accept(errno);
    if (failure == runtime::accept_failure::stop) return;
    if (failure == runtime::accept_failure::back_off) std::this_thread::sleep_for(runtime::accept_back_off);
  }
}

void tick(runtime::server& server) {
  while (server.tick()) std::this_thread::sleep_for(server.next_tick());
}

void run(runtime::server& server) {
  const std::jthread ticker(tick, std::ref(server));
  accept(server);
}

}  // namespace

int main(int argc, char** argv) {
  return runtime::serve(argc, argv, "HTTP server: one pthread per connection, blocking calls, no library.",
                        {.stack = true}, run);
}
