#include "servers/waits/awaiting/fetch.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <vector>

namespace tvl::waits::awaiting {
namespace {

namespace asio = boost::asio;
using handler::outcome;
using handler::plan;
using time_point = std::chrono::steady_clock::time_point;

awaited_outcome serial(services& s, const plan& p, time_point deadline) {
  upstream_call call(s.handles, fetch_url(s.options, p), upstream_call::body::counted);
  for (std::uint64_t i = 0; i < p.number; ++i)
    if (auto reply = co_await perform(s, call, deadline); reply.status != 200) co_return reply;
  co_return fetched(p.number, call.bytes());
}

awaited_outcome call_once(services& s, const plan& p, time_point deadline, std::uint64_t& bytes) {
  upstream_call call(s.handles, fetch_url(s.options, p), upstream_call::body::counted);
  auto reply = co_await perform(s, call, deadline);
  bytes += call.bytes();
  co_return reply;
}

// All calls at once, on the one thread there is.
awaited_outcome gather(services& s, const plan& p, time_point deadline) {
  const auto loop = co_await asio::this_coro::executor;
  std::uint64_t bytes = 0;
  const auto start = [&] { return asio::co_spawn(loop, call_once(s, p, deadline, bytes), asio::deferred); };
  std::vector<decltype(start())> calls;
  calls.reserve(p.number);
  for (std::uint64_t i = 0; i < p.number; ++i) calls.push_back(start());
  auto [order, failures, replies] = co_await asio::experimental::make_parallel_group(std::move(calls))
                                        .async_wait(asio::experimental::wait_for_all(), asio::deferred);
  const auto failed = std::ranges::find_if(replies, [](const outcome& o) { return o.status != 200; });
  if (failed != replies.end()) co_return std::move(*failed);
  co_return fetched(p.number, bytes);
}

}  // namespace

awaited_outcome perform(services& s, upstream_call& call, time_point deadline) {
  co_return call.result(co_await s.multi.perform(call.easy(), deadline));
}

awaited_outcome fetch(services& s, const plan& p) {
  if (s.options.upstream.empty()) co_return upstream_failed(failure::absent);
  co_return co_await (p.gather ? gather(s, p, s.options.deadline()) : serial(s, p, s.options.deadline()));
}

}  // namespace tvl::waits::awaiting
