// A fixed number of processes, forked in advance, each with a fixed number of threads that accept from one shared
// listening socket. The accepting thread serves the connection until it closes.
//
// One socket, not one per process: the kernel would assign connections to processes without a free thread.

#include "servers/runtime/listener.hpp"
#include "servers/runtime/peer.hpp"
#include "servers/runtime/supervisor.hpp"
#include "servers/runtime/thread.hpp"
#include "servers/waits/blocking/answer.hpp"

#include <boost/asio/io_context.hpp>

#include <array>
#include <thread>

namespace {

using namespace tvl;
using boost::asio::io_context;

void serve(waits::blocking::services& services, runtime::peer peer) {
  std::array<char, runtime::read_size> buffer;
  while (!peer.finished()) {
    peer.exchange(buffer);
    while (const auto* plan = peer.next()) waits::blocking::answer(services, peer, *plan);
    peer.send();
  }
}

// All threads of a process share the acceptor, which Asio allows; the kernel wakes one per connection.
void accept(runtime::server& server, waits::blocking::services& services, runtime::tcp_acceptor& acceptor) {
  for (;;) {
    boost::system::error_code ec;
    auto socket = acceptor.accept(ec);
    if (!ec) {
      if (runtime::refused(server, socket)) continue;
      serve(services, runtime::peer(server, std::move(socket)));
      continue;
    }
    const auto failure = runtime::judge_accept(ec.value());
    if (failure == runtime::accept_failure::stop) return;
    if (failure == runtime::accept_failure::back_off) std::this_thread::sleep_for(runtime::accept_back_off);
  }
}

// A worker process. The io_context is made here because fork() would share its epoll descriptor.
void run_process(runtime::server& server) {
  waits::blocking::services services(server.options.services);
  io_context context;
  runtime::tcp_acceptor acceptor(context, runtime::tcp::v4(), server.listeners.front());
  const runtime::thread_group threads(server.options.threads, server.options.stack,
                                      [&] { accept(server, services, acceptor); });
  while (server.tick()) std::this_thread::sleep_for(server.next_tick());
}

void run(runtime::server& server) { runtime::supervise(server, run_process); }

}  // namespace

int main(int argc, char** argv) {
  // 256 as in asio_pool, so that one process holds as many connections.
  return runtime::serve(argc, argv,
                        "HTTP server: processes forked in advance, each with a fixed number of threads (Boost.Asio).",
                        {.stack = true,
                         .services = waits::check,
                         .threads = {"threads in each process", 256},
                         .processes = {"worker processes", 0}},
                        run);
}
