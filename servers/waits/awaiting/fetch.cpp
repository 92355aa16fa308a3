#include "servers/drivers/http/http_call.hpp"
#include "servers/waits/awaiting/context.hpp"
#include "servers/waits/awaiting/waits.hpp"

#include <algorithm>
#include <vector>

namespace tvl::waits::awaiting {
namespace {

using handler::plan;
using handler::service_result;
using time_point = std::chrono::steady_clock::time_point;

awaited_result serial(services& s, const plan& p, time_point deadline) {
  upstream_call call(s.handles, fetch_url(s.options, p), upstream_call::body::counted);
  for (std::uint64_t i = 0; i < p.number; ++i)
    if (auto reply = co_await perform(s, call, deadline); reply.status != 200) co_return reply;
  co_return fetched(p.number, call.bytes());
}

awaited_result call_once(services& s, const plan& p, time_point deadline, std::uint64_t& bytes) {
  upstream_call call(s.handles, fetch_url(s.options, p), upstream_call::body::counted);
  auto reply = co_await perform(s, call, deadline);
  bytes += call.bytes();
  co_return reply;
}

awaited_result all_at_once(services& s, const plan& p, time_point deadline) {
  std::uint64_t bytes = 0;
  std::vector<awaited_result> calls;
  calls.reserve(p.number);
  for (std::uint64_t i = 0; i < p.number; ++i) calls.push_back(call_once(s, p, deadline, bytes));
  auto replies = co_await gather(std::move(calls));
  const auto failed = std::ranges::find_if(replies, [](const service_result& o) { return o.status != 200; });
  if (failed != replies.end()) co_return std::move(*failed);
  co_return fetched(p.number, bytes);
}

}  // namespace

awaited_result perform(services& s, upstream_call& call, time_point deadline) {
  co_return call.result(co_await s.multi.perform(call.easy(), deadline));
}

awaited_result fetch(services& s, const plan& p) {
  if (s.options.upstream.empty()) co_return upstream_failed(failure::not_configured);
  co_return co_await (p.gather ? all_at_once(s, p, s.options.deadline()) : serial(s, p, s.options.deadline()));
}

}  // namespace tvl::waits::awaiting
