#pragma once
// Durations of which some are known only to exceed a value: censored observations.
//
// A request without the expected reply is one: it timed out, failed, or was unanswered or unsent when the window ended,
// and it took longer than it had waited by then. It must not leave the percentiles, and its waiting time must not lower
// them: most requests in flight at a window's end have waited only briefly.

#include "clients/load/point/histogram.hpp"

#include <algorithm>
#include <cstdint>

namespace tvl::load {

class censored_histogram {
 public:
  // Nanoseconds.
  void record(std::int64_t took) { ended_.record(took); }
  void record_longer_than(std::int64_t waited) {
    longer_.record(std::max<std::int64_t>(waited, 0));  // below 0: fell due while the window was being ended
  }
  void merge(const censored_histogram&);

  // The product-limit estimate (Kaplan and Meier 1958), with one sample for each observation: a censored one counts as
  // the observations that exceed its waiting time do, in their proportions. Where none does, it counts as its waiting
  // time, which is a lower bound.
  histogram estimate() const;

 private:
  histogram ended_;
  histogram longer_;
};

}  // namespace tvl::load
