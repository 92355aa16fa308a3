#pragma once
// `tvl-load selftest`: checks the generator's results on this machine against analytic values. The reference server
// runs in a process on another core.

#include "clients/load/selftest/selftest_cases.hpp"

#include <iosfwd>
#include <string>
#include <vector>

namespace tvl::load {

struct test_attempt {
  finding found;
  double others = 0;  // cores used by other processes meanwhile; 0 where that is not known
};

// The last column of a test's row, from its one or two attempts. `floor_others`: cores used by other processes while
// the floor was measured that the test is judged against; 0 for a test without.
std::string outcome_of(const std::vector<test_attempt>&, double floor_others = 0);

// Prints one row for each test: measured, expected, and pass, FAIL, NOT PROVEN or skipped; a "floor" row is a property
// of this machine without an expected value. A failed test is repeated once. A repeated failure is NOT PROVEN if other
// processes used the cores during both attempts or its floor; a wrong sum always fails. Takes two minutes, quick 40
// seconds; needs two cores to itself. Returns 0 when every test passed or was skipped, else 1.
//
// Forks: call it before there are other threads.
int selftest(std::ostream&, bool quick);

}  // namespace tvl::load
