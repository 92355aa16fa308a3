#pragma once
// The knee of a contestant: the highest rate at which it still meets an objective, found in some ten seconds. Rates of
// a workload with knee_slo are shares of it, so that each model is asked for as much as it can do, and not one for a
// tenth of that and the other for twice as much.
//
// A closed loop comes first: its throughput is where the search looks. A busy host or a generator that is late only
// makes response times longer: a trial that fails under either is made again, a few times. The knee may be found too
// low by it, never too high.

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
  std::string why_not;         // one line, when there is none
};

// `offered` is the plan of a point, whatever its rate: crowd and changes are left out. `slo` as in load::parse_slo().
// What `run` throws goes through; so does the end of an interrupted run, as a knee that is not found.
knee_found find_knee(load::plan offered, const std::string& slo, const runner& run);

// Points with the same key have shares of the same knee, whatever their workload. It depends on what the server is told
// and asked, not on how many bystanders there are or how much is offered; and on the repetition, because a machine is
// not as fast at all times.
std::string key_of_knee(const workload&, const load_settings&, const scheduled&);

}  // namespace tvl::suite
