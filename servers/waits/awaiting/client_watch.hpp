#pragma once
// During a long wait: detects a client that has gone, and sends it the pieces of its reply.

#include "servers/runtime/peer.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>

#include <poll.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <tuple>

namespace tvl::waits::awaiting {

using clock = std::chrono::steady_clock;

// Poll interval for clients whose socket is readable all the time, see below.
inline constexpr std::chrono::milliseconds poll_interval{100};

// Suspends until one of `ready` (deferred operations) completes, or until `until`. False when the client has gone.
// Spurious returns are possible.
template <class... Ready>
boost::asio::awaitable<bool, runtime::executor> wait(runtime::peer& p, clock::time_point until, Ready... ready) {
  using socket = runtime::tcp_socket;
  // With pipelined input, and in a drain, the socket stays readable: waiting for that would spin.
  pollfd input{p.socket().native_handle(), POLLIN, 0};
  const bool readable = ::poll(&input, 1, 0) > 0;
  if (readable && p.gone()) co_return false;
  runtime::timer timer(p.socket().get_executor(), readable ? std::min(until, clock::now() + poll_interval) : until);
  const auto ended =
      co_await boost::asio::experimental::make_parallel_group(
          p.socket().async_wait(readable ? socket::wait_error : socket::wait_read, boost::asio::deferred),
          timer.async_wait(boost::asio::deferred), std::move(ready)...)
          .async_wait(boost::asio::experimental::wait_for_one(), boost::asio::deferred);
  const bool client_first = std::get<0>(ended)[0] == 0;
  co_return !client_first || !p.gone();
}

// Sends all output so far. False when the connection has ended, also because the client read nothing until the
// deadline.
boost::asio::awaitable<bool, runtime::executor> deliver(runtime::peer&, clock::time_point deadline);

}  // namespace tvl::waits::awaiting
