#pragma once
// --why: after the measured rounds, the points that [why] of the workloads names, each with a profile of its server and
// without. They are in a folder of their own, RUN/profiles, and never among the results.

#include "bench/suite/catalogue/selection.hpp"
#include "bench/suite/measuring/prepared_point.hpp"
#include "bench/suite/services/services.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace tvl::suite {

struct why_plan {
  catalogue known;
  selection chosen;
  std::vector<scheduled> rounds;  // empty = no --why
  std::string obstacle;           // why no profiles can be taken here; empty = they can
};

// Of the workloads that are asked for. Throws bad_input when none of them has points to profile.
why_plan plan_why(const catalogue&, selection_request, std::uint32_t seed);

// False when a contestant failed. A part that a stopped run has is kept.
bool measure_why(const why_plan&, conditions, services&, const std::filesystem::path& run);

}  // namespace tvl::suite
