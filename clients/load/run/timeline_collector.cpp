#include "clients/load/run/timeline_collector.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>

namespace tvl::load {
namespace {

constexpr std::size_t all_rows = SIZE_MAX;

void merge(thread_row& into, const thread_row& row) {
  into.ok += row.ok;
  into.errors += row.errors;
  into.response.merge(row.response);
}

std::optional<double> microseconds(const std::optional<std::int64_t>& ns) {
  return ns ? std::optional(static_cast<double>(*ns) / 1e3) : std::nullopt;
}

timeline_row result_of(const thread_row& all, double t) {
  timeline_row row;
  row.t = t;
  row.ok = all.ok;
  row.errors = all.errors;
  const histogram response = all.response.estimate();
  row.p50 = microseconds(response.quantile(0.5, samples_beyond));
  row.p99 = microseconds(response.quantile(0.99, samples_beyond));
  row.max = microseconds(response.max());
  return row;
}

}  // namespace

void timeline_collector::add(std::size_t thread, std::vector<thread_row> rows, bool no_more) {
  for (auto& row : rows) {
    merge(progress_, row);
    const std::size_t place = ended_[thread]++ - closed_.size();
    if (place < open_.size())
      merge(open_[place], row);
    else
      open_.push_back(std::move(row));
  }
  if (no_more) ended_[thread] = all_rows;
  close_complete();
}

void timeline_collector::close_complete() {
  const std::size_t complete = *std::ranges::min_element(ended_);
  while (!open_.empty() && closed_.size() < complete) {
    begin_ = grid_.end_of(begin_);  // never, for the last row: finish() knows better
    closed_.push_back(result_of(open_.front(), static_cast<double>(begin_) / 1e9));
    open_.pop_front();
  }
}

timeline_row timeline_collector::take_progress(double t) { return result_of(std::exchange(progress_, {}), t); }

std::vector<timeline_row> timeline_collector::finish(double window_s) {
  if (!closed_.empty()) closed_.back().t = window_s;
  return std::exchange(closed_, {});
}

}  // namespace tvl::load
