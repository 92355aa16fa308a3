#pragma once
// How long after the last change of a plan its response times were again what they had been before the first change.
// No clock: the caller brings it.
//
// Before is the p99 of phase 0, which therefore needs 1000 replies. The time since the last change is cut into
// intervals of 100 ms by when requests were due (by when they were sent, in a closed loop). Requests over the limit are
// those that took longer than 1.2 times that p99, those that failed, and those that were not answered within it. A
// stretch is as before when it has requests and no more of them are over the limit than chance allows where one in a
// hundred is: n / 100 and two standard deviations of it. Recovered is the begin of the earliest interval that is as
// before and for which
//   the second that follows is as before, so that no long good rest hides a bad moment, and
//   so are nine in ten of all intervals from it to the window's end, so that a relapse is not called recovery, and one
//   hiccup of the machine is not called a relapse.
// It is known to 100 ms, and the limit to 6 %. 0 = it never was otherwise. Open loops tell more: a closed loop waits
// with its next request until a bad moment is over, and an interval without any is not as before.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace tvl::load {

class recovery_record {
 public:
  // Nothing changes: nothing is kept.
  recovery_record() = default;
  // `length` nanoseconds from the last change to the window's end. Beyond 200 s the intervals grow, not their number.
  explicit recovery_record(std::int64_t length);

  void clear();
  // Of a request that was due `since` nanoseconds after the last change: its response time, or what it has waited.
  void took(std::int64_t since, std::int64_t nanoseconds);
  void failed(std::int64_t since);
  // Of the same length.
  void merge(const recovery_record&);

  // Seconds after the last change, looking at the first `length` nanoseconds; none = it did not recover in them.
  std::optional<double> recovered_s(std::int64_t p99_before, std::int64_t length) const;

 private:
  // Sixteen to each power of two, from 1 us to 68 s.
  static constexpr int lowest_bit = 10, octaves = 26, parts = 16;
  using interval = std::array<std::uint32_t, octaves * parts>;
  struct share {
    std::uint64_t over = 0, all = 0;
    bool as_before() const;
  };

  static std::size_t bucket_of(std::int64_t nanoseconds);
  void add(std::int64_t since, std::size_t bucket);

  std::int64_t interval_ = 1;
  std::vector<interval> intervals_;
};

}  // namespace tvl::load
