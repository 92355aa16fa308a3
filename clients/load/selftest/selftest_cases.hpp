#pragma once
// The test cases of the self-test: each runs a load against the reference server and compares with analytic values.

#include <limits>
#include <optional>
#include <span>
#include <string>

namespace tvl::load {

// The machine that the tests run on.
struct test_machine {
  bool quick = false;                            // shorter runs
  std::optional<int> server_cpu, generator_cpu;  // empty when there is only one
  // Measured by the first tests; NaN before.
  double floor_p50_us = std::numeric_limits<double>::quiet_NaN();
  double floor_mean_us = std::numeric_limits<double>::quiet_NaN();

  double seconds(double full, double when_quick) const { return quick ? when_quick : full; }
};

struct finding {
  // fail: not the expected value; other processes on the cores may be the cause. wrong: a sum that must be exact is
  // not, whatever else runs. floor: a property of this machine, without an expected value.
  enum class outcome { pass, fail, wrong, floor };
  std::string measured, expected;
  outcome result = outcome::fail;
};

struct selftest_case {
  const char* name;
  finding (*run)(test_machine&);
  bool needs_two_cores;
  bool uses_floor = false;  // compares with test_machine::floor_*
};

// In the order they must run: the first ones measure the floor for the later ones.
std::span<const selftest_case> selftest_cases();

}  // namespace tvl::load
