#pragma once
// Time from the last change of a plan until response times are as before the first change. The caller passes the time.
//
// Intervals of 100 ms, by the requests' due times (closed loop: send times).
// Before the first change: the p99 of each interval, plus two standard deviations of n / 100 for chance. The limit is
// 1.2 times the 90th percentile of these, because a single p99 depends on one disturbance of the machine.
// After the last change: an interval is good when it has requests and at most 1 %, or chance, of them exceed the limit,
// failed or were not answered. Recovery is the begin of the earliest good interval for which
//   80 % of the intervals in the following second are good, so that a long good rest does not hide a bad phase, and
//   50 % in every later second, so that one disturbance is not a relapse.
// Resolution 100 ms; accuracy of the limit 6 %. 0 = response times never degraded. A closed loop shows less: it sends
// nothing while it waits, and an interval without requests is not good.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace tvl::load {

class recovery_record {
 public:
  // Of a plan without changes: records nothing.
  recovery_record() = default;
  // Nanoseconds of the window, like all times here: the first and the last change, and its end. Beyond 200 s the
  // intervals grow, not their number.
  recovery_record(std::int64_t first_change, std::int64_t last_change, std::int64_t end);

  void clear();
  // Of a request due at `due`: its response time, or its waiting time so far.
  void took(std::int64_t due, std::int64_t nanoseconds);
  void failed(std::int64_t due);
  // Of the same window.
  void merge(const recovery_record&);

  // Seconds after the last change, in a window that ended at `end`; empty = no recovery, or no requests before the
  // first change.
  std::optional<double> recovered_s(std::int64_t end) const;

 private:
  // Sixteen to each power of two, from 1 us to 68 s.
  static constexpr int lowest_bit = 10, octaves = 26, parts = 16;
  using interval = std::array<std::uint32_t, octaves * parts>;

  static std::size_t bucket_of(std::int64_t nanoseconds);
  static std::size_t p99_bucket(const interval&);
  void add(std::int64_t due, std::size_t bucket);
  std::optional<std::size_t> limit() const;

  std::int64_t last_change_ = 0, interval_ = 1;
  std::vector<interval> before_, after_;
};

}  // namespace tvl::load
