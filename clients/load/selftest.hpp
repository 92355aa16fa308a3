#pragma once
// `tvl-load selftest`: is what the generator says true, on this machine, now? Servers of known behaviour in a process
// on another core, and for each what arithmetic says the result must be.

#include <iosfwd>

namespace tvl::load {

// Prints one row for each test: measured, expected, pass / FAIL / NOT PROVEN / skipped and why; rows called "floor" are
// this machine's and have no right answer. What fails is repeated once, because it may have been the host; what fails
// again while other processes were using the cores is not proven. Takes two minutes, quick 40 seconds; wants two cores
// to itself. Returns 0 when nothing failed and nothing is unproven, else 1.
//
// Forks: to be called before there are other threads.
int selftest(std::ostream&, bool quick);

}  // namespace tvl::load
