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
  closed = 0;
  statuses = {};
  response_ = service_ = lag_ = {};
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
  response_.merge(row_.response);
  const std::lock_guard lock(mutex_);
  rows_.push_back(std::exchange(row_, {}));
}

void recorder::finish() {
  publish_row();
  row_end_ = never;
  for (const auto& t : targets) add(counts, t.counts);
  latency.response = response_.estimate();
  if (paced_) {
    latency.service = service_.estimate();
    latency.lag = lag_.estimate();
  } else {
    latency.service = latency.response;
    latency.lag.record(0, latency.response.count());
  }
}

std::vector<thread_row> recorder::take_rows() {
  const std::lock_guard lock(mutex_);
  return std::exchange(rows_, {});
}

}  // namespace tvl::load
