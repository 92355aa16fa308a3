#pragma once
// The knee of a contestant: the highest rate at which it meets an objective (SLO), found in about ten seconds. Rates of
// a workload with knee_slo are shares of it, so that the load is relative to each contestant's capacity.
//
// The throughput of a closed loop bounds the search. A busy host or a late generator only makes response times longer:
// a trial that fails under either is repeated a few times, and a load has failed only when two such trials have.
// Interference can make the knee too low, never too high.

#include "bench/suite/config/workload.hpp"
#include "bench/suite/planning/schedule.hpp"
#include "clients/load/plan/plan.hpp"
#include "clients/load/point/point.hpp"

#include <functional>
#include <optional>
#include <string>

namespace tvl::suite {

using runner = std::function<load::point(const load::plan&)>;

struct knee_found {
  std::optional<double> rate;  // requests per second, confirmed; none = there is no such rate
  std::string why_not;         // one line, without a rate
};

// `offered` is the plan of a point; its rate, background connections and load changes are ignored. `slo` as in
// load::parse_slo(). Exceptions of `run` propagate; after an interrupted run no knee is found.
knee_found find_knee(load::plan offered, const std::string& slo, const runner& run);

// Points with the same key use the same knee, in any workload. The key contains the server's command and endpoints and
// the repetition (a machine's speed varies), not the background connections or the rate.
std::string key_of_knee(const workload&, const load_settings&, const scheduled&);

}  // namespace tvl::suite
