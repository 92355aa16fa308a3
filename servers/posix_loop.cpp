// One hand-written epoll loop of coroutines without a library: the lower bound of asio_loop's overhead.

#include "servers/runtime/epoll_loop.hpp"
#include "servers/runtime/listener.hpp"
#include "servers/runtime/posix_peer.hpp"
#include "servers/waits/blocking/waits.hpp"

#include <fcntl.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <memory>

namespace {

using namespace tvl;
using need = runtime::posix_peer::need;
using read_buffer = std::array<char, runtime::read_size>;

runtime::detached_task serve(runtime::epoll_loop& loop, std::unique_ptr<runtime::posix_peer> peer,
                             read_buffer& buffer) {
  runtime::epoll_loop::socket socket(loop, peer->socket());
  while (!peer->finished()) {
    if (peer->next_need() == need::read) co_await socket.wait(EPOLLIN);
    if (peer->next_need() == need::write) co_await socket.wait(EPOLLOUT);
    peer->exchange(buffer);
    while (const auto* plan = peer->next()) {
      handler::service_result result;
      if (plan->kind == handler::plan::operation::sleep)
        co_await loop.sleep_for(plan->time);
      else
        result = waits::blocking::local(*plan);
      peer->session().reply(result);
    }
    peer->send();
  }
}

runtime::detached_task accept(runtime::server& server, runtime::epoll_loop& loop, read_buffer& buffer) {
  runtime::epoll_loop::socket listener(loop, server.listeners.front());
  for (;;) {
    const int socket = ::accept4(server.listeners.front(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (socket >= 0) {
      if (runtime::refused(server, socket)) continue;
      serve(loop, std::make_unique<runtime::posix_peer>(server, socket), buffer);
      continue;
    }
    if (errno == EAGAIN) {
      co_await listener.wait(EPOLLIN);
      continue;
    }
    const auto failure = runtime::judge_accept(errno);
    if (failure == runtime::accept_failure::stop) co_return;
    if (failure == runtime::accept_failure::back_off) co_await loop.sleep_for(runtime::accept_back_off);
  }
}

runtime::detached_task tick(runtime::server& server, runtime::epoll_loop& loop) {
  while (server.tick()) co_await loop.sleep_for(server.next_tick());
}

void run(runtime::server& server) {
  runtime::epoll_loop loop;
  ::fcntl(server.listeners.front(), F_SETFL, ::fcntl(server.listeners.front(), F_GETFL) | O_NONBLOCK);
  read_buffer buffer;
  tick(server, loop);
  accept(server, loop, buffer);
  loop.run();
}

}  // namespace

int main(int argc, char** argv) {
  return runtime::serve(argc, argv, "HTTP server: one hand-written epoll loop of C++20 coroutines, no library.", {},
                        run);
}
