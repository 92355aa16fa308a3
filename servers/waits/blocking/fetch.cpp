#include "servers/waits/blocking/fetch.hpp"

#include "servers/runtime/thread.hpp"

#include <pthread.h>

#include <algorithm>
#include <numeric>
#include <vector>

namespace tvl::waits::blocking {
namespace {

using handler::outcome;
using handler::plan;
using time_point = std::chrono::steady_clock::time_point;

struct one_call {
  outcome reply;
  std::uint64_t bytes = 0;
};

// Room for libcurl, and for a sanitizer's larger frames.
constexpr std::size_t stack = 256u << 10;

outcome serial(services& s, const plan& p, time_point deadline) {
  upstream_call call(s.handles, fetch_url(s.options, p), upstream_call::body::counted);
  for (std::uint64_t i = 0; i < p.number; ++i)
    if (auto reply = perform(call, deadline); reply.status != 200) return reply;
  return fetched(p.number, call.bytes());
}

one_call call_once(services& s, const plan& p, time_point deadline) {
  upstream_call call(s.handles, fetch_url(s.options, p), upstream_call::body::counted);
  auto reply = perform(call, deadline);
  return {std::move(reply), call.bytes()};
}

// A thread per call but one, which is this thread's.
outcome gather(services& s, const plan& p, time_point deadline) {
  std::vector<one_call> calls(p.number);
  std::vector<pthread_t> threads;
  threads.reserve(calls.size());
  for (auto& call : calls) {
    const auto run = [&] { call = call_once(s, p, deadline); };
    pthread_t id{};
    if (&call == &calls.back())
      run();
    else if (runtime::create_thread(id, PTHREAD_CREATE_JOINABLE, stack, run) == 0)
      threads.push_back(id);
    else
      call.reply = {503, "no thread for another call"};
  }
  for (const auto id : threads) ::pthread_join(id, nullptr);
  const auto failed = std::ranges::find_if(calls, [](const one_call& c) { return c.reply.status != 200; });
  if (failed != calls.end()) return std::move(failed->reply);
  return fetched(calls.size(), std::accumulate(calls.begin(), calls.end(), std::uint64_t{0},
                                               [](std::uint64_t sum, const one_call& c) { return sum + c.bytes; }));
}

}  // namespace

outcome perform(upstream_call& call, time_point deadline) {
  using std::chrono::milliseconds;
  const auto left = std::chrono::ceil<milliseconds>(deadline - std::chrono::steady_clock::now());
  if (left <= milliseconds(0)) return call.result(CURLE_OPERATION_TIMEDOUT);
  ::curl_easy_setopt(call.easy(), CURLOPT_TIMEOUT_MS, static_cast<long>(left.count()));
  return call.result(::curl_easy_perform(call.easy()));
}

outcome fetch(services& s, const plan& p) {
  if (s.options.upstream.empty()) return upstream_failed(failure::absent);
  return p.gather ? gather(s, p, s.options.deadline()) : serial(s, p, s.options.deadline());
}

}  // namespace tvl::waits::blocking
