// "The event loop is designed for I/O over sockets": echo over each of n socket pairs in turn.
// Claim: a loop has very many connections open at once and serves the ready ones.
//
// loop:   a coroutine per pair, all on one loop with the sender: Boost.Asio as the servers use it, and the hand-written
//         loop of posix_loop
// thread: a thread per pair and one for the sender, which wake each other

#include "bench/primitives/support/limits.hpp"
#include "bench/primitives/support/primitive.hpp"
#include "servers/drivers/borrowed_descriptor.hpp"
#include "servers/runtime/asio_types.hpp"
#include "servers/runtime/epoll_loop.hpp"
#include "servers/runtime/thread.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/detached.hpp>

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <deque>
#include <functional>
#include <system_error>
#include <utility>
#include <vector>

namespace tvl::primitives {
namespace {

namespace asio = boost::asio;
using message = std::array<char, 64>;
using again = std::function<bool()>;  // true = another round; the pairs are closed after the last

struct pair {
  int sender, echo;
};

std::vector<pair> make_pairs(int n, int flags) {
  std::vector<pair> all;
  for (int i = 0; i < n; ++i) {
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | flags, 0, ends.data()) != 0)
      throw std::system_error(errno, std::system_category(), "socketpair");
    all.push_back({ends[0], ends[1]});
  }
  return all;
}

message numbered(int i) {
  message m{};
  m.front() = static_cast<char>(i);
  return m;
}

void send(int socket, const message& m) { static_cast<void>(!::write(socket, m.data(), m.size())); }
// One whole message: the sender waits for the echo before the next. 0: end of stream; negative: nothing received yet.
ssize_t receive(int socket, message& m) { return ::read(socket, m.data(), m.size()); }

// The ways return the number of correct echoes.

std::int64_t on_threads(int n, const again& more) {
  const auto pairs = make_pairs(n, 0);
  std::int64_t right = 0;
  std::atomic<std::size_t> next = 0;
  const runtime::thread_group echoes(n, 64u << 10, [&] {
    const int socket = pairs[next++].echo;
    for (message m{}; receive(socket, m) > 0;) send(socket, m);
    ::close(socket);
  });
  while (more()) {
    for (int i = 0; i < n; ++i) {
      const int socket = pairs[static_cast<std::size_t>(i)].sender;
      const message sent = numbered(i);
      message back{};
      send(socket, sent);
      right += receive(socket, back) > 0 && back == sent;
    }
  }
  for (const auto& p : pairs) ::close(p.sender);
  return right;
}

// The differences between the loops.
struct asio_loop {
  using task = runtime::task;
  struct loop : asio::io_context {
    loop() : io_context(BOOST_ASIO_CONCURRENCY_HINT_UNSAFE_IO) {}
    void start(task t) { asio::co_spawn(*this, std::move(t), asio::detached); }
  };
  struct socket : waits::awaiting::borrowed_descriptor {
    socket(loop& l, int fd) : borrowed_descriptor(l.get_executor(), fd) {}
    auto readable() { return async_wait(wait_read, asio::as_tuple(asio::deferred)); }
  };
};
struct epoll_loop {
  using task = runtime::detached_task;
  struct loop : runtime::epoll_loop {
    void start(task) {}  // starts when called
  };
  struct socket : runtime::epoll_loop::socket {
    using runtime::epoll_loop::socket::socket;
    auto readable() { return wait(EPOLLIN); }
  };
};

template <class Kind>
typename Kind::task echo(typename Kind::loop& loop, int fd) {
  {
    typename Kind::socket socket(loop, fd);
    for (message m{};;) {
      co_await socket.readable();
      const auto bytes = receive(fd, m);
      if (bytes == 0) break;
      if (bytes > 0) send(fd, m);
    }
  }
  ::close(fd);
}

template <class Kind>
typename Kind::task send_all(typename Kind::loop& loop, const std::vector<pair>& pairs, const again& more,
                             std::int64_t& right) {
  {
    std::deque<typename Kind::socket> sockets;
    for (const auto& p : pairs) sockets.emplace_back(loop, p.sender);
    while (more()) {
      for (std::size_t i = 0; i < pairs.size(); ++i) {
        const message sent = numbered(static_cast<int>(i));
        message back{};
        send(pairs[i].sender, sent);
        do {
          co_await sockets[i].readable();
        } while (receive(pairs[i].sender, back) <= 0);
        right += back == sent;
      }
    }
  }
  for (const auto& p : pairs) ::close(p.sender);
}

template <class Kind>
std::int64_t on_loop(int n, const again& more) {
  const auto pairs = make_pairs(n, SOCK_NONBLOCK);
  std::int64_t right = 0;
  typename Kind::loop loop;
  for (const auto& p : pairs) loop.start(echo<Kind>(loop, p.echo));
  loop.start(send_all<Kind>(loop, pairs, more, right));
  loop.run();
  return right;
}

template <std::int64_t (*Way)(int, const again&)>
void way(benchmark::State& state) {
  const int n = items(state);
  const auto number = static_cast<std::uint64_t>(n);
  if (!fits(state, {.threads = number, .descriptors = 2 * number + 3})) return;
  const auto rounds = [](int left) { return [left]() mutable { return left-- > 0; }; };
  if (!same(state, Way(n, rounds(2)), std::int64_t{2} * n) ||
      !same(state, on_threads(n, rounds(2)), std::int64_t{2} * n))
    return;
  // The pairs, threads and coroutines exist before and after the timed loop.
  bool warm = false, begun = false;
  usage before;
  Way(n, [&] {
    if (!std::exchange(warm, true)) return true;
    if (!std::exchange(begun, true)) before = usage::now();
    const bool more = state.KeepRunning();
    if (!more) report(state, before, n);
    return more;
  });
}

}  // namespace

TVL_PRIMITIVE(socket) {
  p.asyncio = "sockets, streams";
  p.row({.what = "1 connection", .thread_way = "socket/thread/blocking/1", .loop_way = "socket/loop/asio/1"});
  p.row({.what = "1000 connections", .thread_way = "socket/thread/blocking/1000", .loop_way = "socket/loop/asio/1000"});
  p.add("socket/loop/asio", way<on_loop<asio_loop>>, {1, 100, 1000});
  p.add("socket/loop/epoll", way<on_loop<epoll_loop>>, {1, 100, 1000});
  p.add("socket/thread/blocking", way<on_threads>, {1, 100, 1000});
}

}  // namespace tvl::primitives
