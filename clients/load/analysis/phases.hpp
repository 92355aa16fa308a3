#pragma once
// The phases of a window, which are the stretches between the changes a plan asks for, and what became of the requests
// that belong to each. No clock: the caller brings it.

#include "clients/load/analysis/recovery.hpp"
#include "clients/load/plan/plan.hpp"
#include "clients/load/point/histogram.hpp"
#include "clients/load/point/point.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace tvl::load {

inline constexpr std::size_t most_changes = 100;  // in a plan: a phase takes 261 KiB on each thread

// Throws bad_plan when what is to change inside the window contradicts itself, the window or the kind of load.
void check_changes(const plan&);

// Exact: the sums over all phases are the window's request_counts. What was due before the window belongs to phase 0,
// and there, scheduled = ok + errors + unanswered holds as in every other.
class phase_record {
 public:
  // Nothing changes: nothing is kept.
  phase_record() = default;
  explicit phase_record(const plan&);

  bool kept() const { return !tallies_.empty(); }

  // The window begins: forget what came before it. steady_clock nanoseconds, like all times.
  void begin(std::int64_t at);
  void fell_due(std::int64_t due, std::uint64_t n = 1) { of(due).scheduled += n; }
  void ok(std::int64_t due, std::int64_t received);
  void failed(std::int64_t due);
  void unanswered(std::int64_t due, std::int64_t until);
  // Of the same plan.
  void merge(const phase_record&);

  // Those that began within the first `window_s` seconds.
  std::vector<phase> phases(const plan&, double window_s) const;
  // See point.hpp's recovery::response_s.
  std::optional<double> response_recovery_s(double window_s) const;

 private:
  struct tally {
    std::uint64_t scheduled = 0, ok = 0, errors = 0, unanswered = 0;
    std::uint64_t arrived = 0;  // ok replies in it, whatever phase their requests belong to
    histogram response;
  };
  tally& of(std::int64_t time);

  std::int64_t begin_ = INT64_MAX / 2;
  std::vector<std::int64_t> changes_;  // nanoseconds of the window; phase i + 1 begins at changes_[i]
  std::vector<tally> tallies_;
  recovery_record recovery_;
};

}  // namespace tvl::load
