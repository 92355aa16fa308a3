#pragma once
// Points that several generator processes measured at the same time on the same server, as one point.
//
//   tvl-load merge A.json B.json

#include "clients/load/point/point.hpp"

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <vector>

namespace tvl::load {

// Counts, connections, background connections, threads, rates and throughputs add up, phase by phase too. Percentiles
// are read from the merged histograms; minimum, mean and maximum stay exact. Jain's index and the worst connection
// follow from those of the parts. The recovery is that of the part that recovered last. Values of a server that
// several generators metered count once, per request of all; if two differ by more than a tenth they are unknown. The
// rows of the timeline have no histograms: their percentiles are unknown, and so is the trace. Load hosts are listed
// one after the other; the probe is that of the only part that has one. The rest of the plan is the first part's.
//
// The verdict is the worst of the sums' and the parts'; but too few samples in a part may be enough in the sum.
//
// Throws bad_plan: another server, endpoint or kind of load, windows that differ in length by more than 5 % or, where
// the points say when they `started`, in time. If they do not, the verdict has a reason: throughputs of different
// times do not add up.
// In the reasons a part has its name; without one it is "point 1".
point merge(const std::vector<point>&, const std::vector<std::string>& names = {});

// The same of points of schema 1 as they are in files. Any other key stays if it is equal in all, else it is left out;
// members of the plan that differ and do not add up are null. Throws bad_plan also for JSON that is not a point.
nlohmann::json merge_records(const std::vector<nlohmann::json>&);

}  // namespace tvl::load
