#pragma once
// Points that several generator processes measured at the same time on the same server, as one point.
//
//   tvl-load merge A.json B.json

#include "clients/load/point/point.hpp"

#include <nlohmann/json_fwd.hpp>

#include <vector>

namespace tvl::load {

// Counts, connections, background connections, threads, rates and throughputs add up, phase by phase too. Percentiles
// are read from the merged histograms; minimum, mean and maximum stay exact. Jain's index and the worst connection
// follow from those of the parts. The recovery is that of the part that recovered last. What several generators
// metered of the same server counts once, per request of them all; where two of them differ by more than a tenth it is
// unknown. The seconds of the timeline have no histograms: their percentiles are unknown, and so is the trace. The rest
// of the plan is the first part's.
//
// The verdict is that of the sums, or that of the worst part where that is worse: a merged point cannot be valid if a
// part was not, except that too few samples may have become enough.
//
// Throws bad_plan: another server, endpoint or kind of load, windows that differ in length by more than 5 % or, where
// the points say when they `started`, in time. Where they do not, a reason in the verdict says so: throughputs of
// different times do not add up.
point merge(const std::vector<point>&);

// The same of points of schema 1 as they are in files. Any other key stays if it is the same in all, and is left out
// if not; what differs in the plan and does not add up is null. Throws bad_plan for what is no point, too.
nlohmann::json merge_records(const std::vector<nlohmann::json>&);

}  // namespace tvl::load
