#include "servers/drivers/http/http_call.hpp"
#include "servers/waits/blocking/context.hpp"
#include "servers/waits/blocking/gather.hpp"
#include "servers/waits/blocking/waits.hpp"

#include <algorithm>
#include <atomic>

namespace tvl::waits::blocking {
namespace {

using handler::plan;
using handler::service_result;
using time_point = std::chrono::steady_clock::time_point;

service_result serial(services& s, const plan& p, time_point deadline) {
  upstream_call call(s.handles, fetch_url(s.options, p), upstream_call::body::counted);
  for (std::uint64_t i = 0; i < p.number; ++i)
    if (auto reply = perform(call, deadline); reply.status != 200) return reply;
  return fetched(p.number, call.bytes());
}

service_result call_once(services& s, const plan& p, time_point deadline, std::atomic<std::uint64_t>& bytes) {
  upstream_call call(s.handles, fetch_url(s.options, p), upstream_call::body::counted);
  auto reply = perform(call, deadline);
  bytes += call.bytes();
  return reply;
}

service_result all_at_once(services& s, const plan& p, time_point deadline) {
  std::atomic<std::uint64_t> bytes = 0;
  auto replies = gather(p.number, [&](std::size_t) { return call_once(s, p, deadline, bytes); });
  const auto failed = std::ranges::find_if(replies, [](const service_result& o) { return o.status != 200; });
  if (failed != replies.end()) return std::move(*failed);
  return fetched(p.number, bytes);
}

}  // namespace

service_result perform(upstream_call& call, time_point deadline) {
  using std::chrono::milliseconds;
  const auto left = std::chrono::ceil<milliseconds>(deadline - std::chrono::steady_clock::now());
  if (left <= milliseconds(0)) return call.result(CURLE_OPERATION_TIMEDOUT);
  ::curl_easy_setopt(call.easy(), CURLOPT_TIMEOUT_MS, static_cast<long>(left.count()));
  return call.result(::curl_easy_perform(call.easy()));
}

service_result fetch(services& s, const plan& p) {
  if (s.options.upstream.empty()) return upstream_failed(failure::not_configured);
  return p.gather ? all_at_once(s, p, s.options.deadline()) : serial(s, p, s.options.deadline());
}

}  // namespace tvl::waits::blocking
