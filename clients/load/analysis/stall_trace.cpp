#include "clients/load/analysis/stall_trace.hpp"

#include "clients/load/base/bad_plan.hpp"
#include "clients/load/plan/plan.hpp"

#include <cmath>
#include <sstream>

namespace tvl::load {

stall_trace trace_of(const plan& p) {
  if (p.trace_s == 0) return {};
  const auto interval = std::llround(p.trace_s * 1e9), window = std::llround(p.seconds * 1e9);
  if (interval < 1 || (window - 1) / interval >= static_cast<std::int64_t>(most_intervals)) {
    std::ostringstream what;
    what << "a trace of " << p.seconds << " s in steps of " << p.trace_s << " s has more than " << most_intervals
         << " intervals";
    throw bad_plan(what.str());
  }
  return {interval, window};
}

}  // namespace tvl::load
