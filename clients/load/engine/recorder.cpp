#include "clients/load/engine/recorder.hpp"

#include "clients/load/base/described.hpp"

namespace tvl::load {

void recorder::begin(std::int64_t at) {
  trace.begin(at);
  phases.begin(at);
  counts = {};
  for (auto& t : targets) t = {};
  connections = {};
  latency.response.clear();
  latency.service.clear();
  latency.lag.clear();
  latency.pacing.clear();
  second_ = {};
}

void recorder::end_second() {
  latency.response.merge(second_.response);
  const std::lock_guard lock(mutex_);
  seconds_.push_back(std::exchange(second_, {}));
}

void recorder::finish() {
  if (second_.ok + second_.errors > 0) end_second();
  for (const auto& t : targets) add(counts, t.counts);
  if (paced_) return;
  latency.service = latency.response;
  latency.lag.record(0, latency.response.count());
}

std::vector<thread_second> recorder::take_seconds() {
  const std::lock_guard lock(mutex_);
  return std::exchange(seconds_, {});
}

}  // namespace tvl::load
