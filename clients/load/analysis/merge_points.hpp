#pragma once
// Points that several generator processes measured at the same time on the same server, as one point.
//
//   tvl-load merge A.json B.json

#include <nlohmann/json_fwd.hpp>

#include <vector>

namespace tvl::load {

// Takes and returns points of schema 1.
//
// Counts, connections, populations, threads, rates and throughputs add up, phase by phase too. Histograms are decoded
// and merged, and percentiles read from the result; minimum, mean and maximum stay exact. Jain's index and the worst
// connection are computed from those of the parts, which determine them. All have recovered when the last part has.
// What several generators saw of the same server counts once, per request of them all; where two of them disagree about
// it by more than a tenth it is null. The seconds of the timeline have no histograms: their percentiles are null, and
// so is the trace. Any other key stays if it is the same in all points, and is left out (null in the plan) if not.
//
// The verdict is that of the sums, or that of the worst part where that is worse: a merged point cannot be valid if a
// part was not, except that too few samples may have become enough.
//
// Throws bad_plan: not a point of schema 1, another server, endpoint or kind of load, windows that differ in length by
// more than 5 % or, where the points say when they `started`, in time. Where they do not, a reason in the verdict says
// so: throughputs of different times do not add up.
nlohmann::json merge(const std::vector<nlohmann::json>& points);

}  // namespace tvl::load
