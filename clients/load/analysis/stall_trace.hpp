#pragma once
// What a stall looks like from outside: the highest response time of the requests that were due in each interval of the
// window. A request whose reply never came counts with what it had waited, so that a stall that does not end before
// the window does not vanish. No clock: the caller brings it.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace tvl::load {

struct plan;

class stall_trace {
 public:
  // None of them: nothing is kept.
  stall_trace() = default;
  // Nanoseconds. Allocates all it needs.
  stall_trace(std::int64_t interval, std::int64_t window)
      : interval_(interval), highest_(static_cast<std::size_t>((window + interval - 1) / interval), nothing) {}

  // The window begins: what was due before it is not in the trace.
  void begin(std::int64_t at) {
    begin_ = at;
    std::ranges::fill(highest_, nothing);
  }
  // A request that was due at `due` was answered, or given up, or has waited until then.
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

  // Of the intervals that began within the first `window` nanoseconds; none = nothing was due in it.
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
