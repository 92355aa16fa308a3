#pragma once
// The phases of a window, between the changes of a plan, and the results of the requests of each. The caller passes the
// time.

#include "clients/load/analysis/recovery.hpp"
#include "clients/load/plan/plan.hpp"
#include "clients/load/point/censored_histogram.hpp"
#include "clients/load/point/point.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace tvl::load {

inline constexpr std::size_t most_changes =
    100;  // in a plan: a phase takes 261 KiB on each thread, twice that with failures

// Seconds of the window, ascending and each once.
std::vector<double> changes_of(const plan&);
// Throws bad_plan when the changes contradict each other, the window or the kind of load.
void check_changes(const plan&);

// Exact: the sums over all phases are the window's request_counts, and in each scheduled = ok + errors + unanswered.
// Requests due before the window belong to phase 0.
class phase_record {
 public:
  // Of a plan without changes: records nothing.
  phase_record() = default;
  explicit phase_record(const plan&);

  bool kept() const { return !tallies_.empty(); }

  // The window begins: forgets what came before. Times are steady_clock nanoseconds.
  void begin(std::int64_t at);
  void fell_due(std::int64_t due, std::uint64_t n = 1) { of(due).scheduled += n; }
  void ok(std::int64_t due, std::int64_t received);
  void failed(std::int64_t due, std::int64_t at);
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
    std::uint64_t arrived = 0;  // ok replies in it, of requests of any phase
    censored_histogram response;
  };
  tally& of(std::int64_t time);

  std::int64_t begin_ = INT64_MAX / 2;
  std::vector<std::int64_t> changes_;  // nanoseconds of the window; phase i + 1 begins at changes_[i]
  std::vector<tally> tallies_;
  recovery_record recovery_;
};

}  // namespace tvl::load
