#pragma once
// Service level objectives: "p99=10ms", or several that must all be met, "p50=200us,p999=1s".

#include "clients/load/point/point.hpp"

#include <string>
#include <vector>

namespace tvl::load {

struct objective {
  std::string percentile;  // as given: "p99"
  double quantile = 0;     // 0.99
  double limit_us = 0;     // of the response time
};

using slo = std::vector<objective>;

// The first two digits after the p are percent, further ones decimals: p05 = 5 %, p999 = 99.9 %. Units as in units.hpp.
// Throws bad_plan.
slo parse_slo(const std::string& text);

struct slo_result {
  bool met = true;
  std::vector<std::string> reasons;  // one for each unmet objective, one for connections without a reply
};

// Failed and unsent requests rank as slower than every reply, so that failing slow requests does not help to meet an
// objective. Requests in flight at the end are left out; but a closed loop's connection without any reply in the window
// fails the SLO. A percentile with fewer than `samples_beyond` samples above it is not met.
slo_result judge(const slo&, const point&);

}  // namespace tvl::load
