#pragma once
// A service level objective: "p99=10ms", or several that must all hold, "p50=200us,p999=1s".

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

// The first two digits behind the p are percent, further ones its decimals: p05 = 5 %, p999 = 99.9 %. Units are us, ms
// and s. Throws bad_plan.
slo parse_slo(const std::string& text);

struct slo_result {
  bool met = true;
  std::vector<std::string> reasons;  // one for each objective that is not met, and for connections without any reply
};

// Failed and unsent requests rank as slower than every reply: a server does not meet an objective by failing the slow
// ones. What is in flight at the end has no rank; but a closed loop's connection that saw no reply in the whole window
// fails the objective. A percentile with fewer than `samples_beyond` samples beyond it is not met.
slo_result judge(const slo&, const point&);

}  // namespace tvl::load
