#pragma once
// tvl-suite --list: workloads with their duration, and contestants.

#include "bench/suite/catalogue/selection.hpp"
#include "bench/suite/planning/remaining_time.hpp"

#include <iosfwd>
#include <vector>

namespace tvl::suite {

// In the order of the schedule, with the idle check that precedes each group.
std::vector<planned_round> planned_rounds(const std::vector<scheduled>&, const catalogue&, bool quick);

// Durations are those of the contestants that can be measured here; the sum is that of the selected workloads.
void print_list(const catalogue&, const selection_request&, std::ostream&);

}  // namespace tvl::suite
