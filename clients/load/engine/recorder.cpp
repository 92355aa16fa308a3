#include "clients/load/engine/recorder.hpp"

#include "clients/load/base/described.hpp"

namespace tvl::load {

void recorder::begin(std::int64_t at) {
  trace.begin(at);
  phases.begin(at);
  counts = {};
  for (auto& t : targets) t = {};
  connections = {};
  first_error_text.reset();
  latency.response.clear();
  latency.service.clear();
  latency.lag.clear();
  latency.pacing.clear();
  row_ = {};
  window_begin_ = at;
  begin_row(at);
}

void recorder::begin_row(std::int64_t at) {
  const auto end = grid_.end_of(at - window_begin_);
  row_end_ = end == never ? never : window_begin_ + end;
}

void recorder::end_row() {
  publish_row();
  begin_row(row_end_);
}

void recorder::publish_row() {
  latency.response.merge(row_.response);
  const std::lock_guard lock(mutex_);
  rows_.push_back(std::exchange(row_, {}));
}

void recorder::finish() {
  publish_row();
  row_end_ = never;
  for (const auto& t : targets) add(counts, t.counts);
  if (paced_) return;
  latency.service = latency.response;
  latency.lag.record(0, latency.response.count());
}

std::vector<thread_row> recorder::take_rows() {
  const std::lock_guard lock(mutex_);
  return std::exchange(rows_, {});
}

}  // namespace tvl::load
