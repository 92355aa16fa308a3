#pragma once
// How long after the last change of a plan its response times were again what they had been before the first change.
// No clock: the caller brings it.
//
// Both stretches are cut into intervals of 100 ms by when requests were due (by when they were sent, in a closed loop).
// Before: of each interval the time that no more than one request in a hundred exceeds, give or take what chance allows
// (n / 100 and two standard deviations of it). The limit is 1.2 times what nine in ten of these intervals stay under: a
// single p99 of a second or two would hold one hiccup of the machine or none, and so be no measure of what follows.
// After: an interval is as before when it has requests and no more of them than one in a hundred, or chance, are over
// the limit, failed, or were not answered within it. Recovered is the begin of the earliest interval that is as before
// and for which
//   eight in ten are so in the second that follows, so that no long good rest hides a bad moment, and
//   half are so in every second after it, so that a relapse is not called recovery, and a hiccup no relapse.
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
  // Nanoseconds of the window, like all times here: of the first and the last change, and of its end. Where a stretch
  // is longer than 200 s the intervals grow, not their number.
  recovery_record(std::int64_t first_change, std::int64_t last_change, std::int64_t end);

  void clear();
  // Of a request that was due at `due`: its response time, or what it has waited.
  void took(std::int64_t due, std::int64_t nanoseconds);
  void failed(std::int64_t due);
  // Of the same window.
  void merge(const recovery_record&);

  // Seconds after the last change, in a window that ended at `end`; none = it did not recover in it, or nothing was
  // asked before the first change.
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
