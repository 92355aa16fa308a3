// A fixed number of worker threads, blocking calls. A connection holds its worker until it closes; with --per-request a
// worker is held per request, and one loop watches the idle connections.

#include "servers/runtime/bounded_queue.hpp"
#include "servers/runtime/listener.hpp"
#include "servers/runtime/peer.hpp"
#include "servers/runtime/thread.hpp"
#include "servers/waits/blocking/answer.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include <array>
#include <memory>
#include <thread>

namespace {

using namespace tvl;
using boost::asio::io_context;
using peer_ptr = std::unique_ptr<runtime::peer>;
using queue = runtime::bounded_queue<peer_ptr>;

// One read or write, and the requests completed by it. Blocks only here on a non-blocking socket.
void advance(waits::blocking::services& services, runtime::peer& peer) {
  std::array<char, runtime::read_size> buffer;
  peer.exchange(buffer);
  while (const auto* plan = peer.next()) waits::blocking::answer(services, peer, *plan);
  peer.send();
}

// Worker: one connection after the other, each to its end.
void serve(waits::blocking::services& services, queue& waiting) {
  while (const auto peer = waiting.pop())
    while (!(*peer)->finished()) advance(services, **peer);
}

// Afterwards the loop, or already another worker, owns the peer. A new wait reports earlier readiness, so no event is
// lost. A full queue blocks the loop, never a worker.
void watch(peer_ptr peer, queue& ready) {
  auto& socket = peer->socket();
  const auto wait = peer->next_wait();
  socket.async_wait(wait,
                    [&ready, p = std::move(peer)](boost::system::error_code) mutable { ready.push(std::move(p)); });
}

// Worker: the available requests of one connection, then of the next.
void serve_ready(waits::blocking::services& services, queue& ready) {
  while (auto peer = ready.pop()) {
    advance(services, **peer);
    if (!(*peer)->finished()) watch(std::move(*peer), ready);
  }
}

template <class Take>
void accept(runtime::server& server, runtime::tcp_acceptor& acceptor, Take take) {
  for (;;) {
    boost::system::error_code ec;
    auto socket = acceptor.accept(ec);
    if (!ec) {
      if (runtime::refused(server, socket)) continue;
      take(std::make_unique<runtime::peer>(server, std::move(socket)));
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

// With all workers busy, connections wait unread in the queue, without deadlines, then in the kernel's backlog.
void run_per_connection(runtime::server& server) {
  const auto& has = server.options;
  waits::blocking::services services(has.services);
  io_context context;
  runtime::tcp_acceptor acceptor(context, runtime::tcp::v4(), server.listeners.front());
  queue waiting(static_cast<std::size_t>(has.queue));
  const runtime::thread_group workers(has.threads, has.stack, [&] { serve(services, waiting); });
  {
    const runtime::thread_group ticker(1, has.stack, [&] { tick(server); });
    accept(server, acceptor, [&](peer_ptr peer) { waiting.push(std::move(peer)); });
  }
  waiting.close();
}

void run_per_request(runtime::server& server) {
  const auto& has = server.options;
  waits::blocking::services services(has.services);
  io_context context;
  runtime::tcp_acceptor acceptor(context, runtime::tcp::v4(), server.listeners.front());
  auto watching = boost::asio::make_work_guard(context);  // even while all connections are with workers
  queue ready(static_cast<std::size_t>(has.queue));
  const runtime::thread_group workers(has.threads, has.stack, [&] { serve_ready(services, ready); });
  const runtime::thread_group loop(1, has.stack, [&] { context.run(); });
  {
    const runtime::thread_group ticker(1, has.stack, [&] { tick(server); });
    accept(server, acceptor, [&](peer_ptr peer) {
      boost::system::error_code ec;
      peer->socket().non_blocking(true, ec);
      watch(std::move(peer), ready);
    });
  }
  watching.reset();
  ready.close();
}

void run(runtime::server& server) { server.options.per_request ? run_per_request(server) : run_per_connection(server); }

}  // namespace

int main(int argc, char** argv) {
  // 256 is Apache's default (MaxRequestWorkers of its prefork; Tomcat: 200). Idle threads cost no CPU, and fewer would
  // only lower the ceiling of requests that wait. The queue's length matters little, as the kernel's backlog of 4096
  // (net.core.somaxconn) is behind it.
  return runtime::serve(argc, argv, "HTTP server: a fixed number of worker threads, blocking calls (Boost.Asio).",
                        {.stack = true,
                         .per_request = true,
                         .services = waits::check,
                         .threads = {"workers", 256},
                         .queue = {"connections or requests that may wait for a worker", 1024}},
                        run);
}
