#pragma once
// Latency trace: the highest response time of the requests due in each interval of the window. An unanswered request
// counts with its waiting time, so a stall at the window's end shows. The caller passes the time.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace tvl::load {

struct plan;

class stall_trace {
 public:
  // Records nothing.
  stall_trace() = default;
  // Nanoseconds. Allocates all it needs.
  stall_trace(std::int64_t interval, std::int64_t window)
      : interval_(interval), highest_(static_cast<std::size_t>((window + interval - 1) / interval), nothing) {}

  // The window begins: requests due earlier are not in the trace.
  void begin(std::int64_t at) {
    begin_ = at;
    std::ranges::fill(highest_, nothing);
  }
  // A request due at `due` was answered or given up at `until`, or has waited until then.
  void ended(std::int64_t due, std::int64_t until) {
    if (highest_.empty() || due < begin_) return;
    const auto i = static_cast<std::size_t>((due - begin_) / interval_);
    if (i < highest_.size()) highest_[i] = std::max(highest_[i], until - due);
  }
  // Of the same window and interval.
  void merge(const stall_trace& other) {
    if (highest_.empty()) *this = other;
    for (std::size_t i = 0; i < std::min(highest_.size(), other.highest_.size()); ++i)
      highest_[i] = std::max(highest_[i], other.highest_[i]);
  }

  // Of the intervals that began within the first `window` nanoseconds; empty = nothing was due.
  std::vector<std::optional<std::int64_t>> within(std::int64_t window) const {
    std::vector<std::optional<std::int64_t>> result;
    for (std::size_t i = 0; i < highest_.size() && static_cast<std::int64_t>(i) * interval_ < window; ++i)
      result.push_back(highest_[i] == nothing ? std::nullopt : std::optional(highest_[i]));
    return result;
  }

 private:
  static constexpr std::int64_t nothing = -1;

  std::int64_t interval_ = 1;
  std::int64_t begin_ = INT64_MAX;
  std::vector<std::int64_t> highest_;
};

inline constexpr std::size_t most_intervals = 2000;  // of a trace

// As the plan asks. Throws bad_plan when its window has too many intervals.
stall_trace trace_of(const plan&);

}  // namespace tvl::load
