#pragma once
// From a point of a workload to what is offered to the server. What depends on the machine (cores) is not in it.

#include "bench/suite/config/workload.hpp"
#include "bench/suite/contestants/manifest.hpp"
#include "bench/suite/planning/schedule.hpp"
#include "clients/load/plan/plan.hpp"

#include <optional>
#include <string>

namespace tvl::suite {

// `url` is the server's, without a path. `knee`: the contestant's, in requests per second, if the workload is about
// shares of it; as long as it is not known, every rate of the plan is in percent.
load::plan plan_for(const workload&, const load_settings&, const manifest&, const scheduled&, const std::string& url,
                    std::optional<double> knee);

// The path that the point's requests ask this contestant for.
std::string path_for(const workload&, const manifest&, const scheduled&);

}  // namespace tvl::suite
