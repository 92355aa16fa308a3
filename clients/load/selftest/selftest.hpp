#pragma once
// `tvl-load selftest`: is what the generator says true, on this machine, now? Servers of known behaviour in a process
// on another core, and for each what arithmetic says the result must be.

#include "clients/load/selftest/selftest_cases.hpp"

#include <iosfwd>
#include <string>
#include <vector>

namespace tvl::load {

struct attempt {
  finding found;
  double others = 0;  // cores that other processes used meanwhile; 0 where that cannot be known
};

// The last column of a test's row, from its one or two attempts.
std::string outcome_of(const std::vector<attempt>&);

// Prints one row for each test: measured, expected, pass / FAIL / NOT PROVEN / skipped and why; rows called "floor" are
// this machine's and have no right answer. What fails is repeated once, because it may have been the host; what fails
// again is not proven if other processes were using the cores both times, except for a sum that is not exact. Takes two
// minutes, quick 40 seconds; wants two cores to itself. Returns 0 when nothing failed and nothing is unproven, else 1.
//
// Forks: to be called before there are other threads.
int selftest(std::ostream&, bool quick);

}  // namespace tvl::load
