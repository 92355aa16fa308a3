#pragma once
// tvl-suite --list: what there is to measure, and how long it takes.

#include "bench/suite/catalogue/catalogue.hpp"
#include "bench/suite/planning/remaining_time.hpp"

#include <iosfwd>
#include <vector>

namespace tvl::suite {

std::vector<planned_round> planned_rounds(const std::vector<scheduled>&, const catalogue&, bool quick);

// Times are of the contestants that the wish takes for measurable here, and of the workloads that the wish chooses for
// the sum.
void print_list(const catalogue&, const wish&, std::ostream&);

}  // namespace tvl::suite
