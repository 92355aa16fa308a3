#pragma once
// The truth tests of the self-test: each runs a load against a server of known behaviour and says what it found.

#include <limits>
#include <optional>
#include <span>
#include <string>

namespace tvl::load {

// Where and how long the tests run, and what they need to know of each other.
struct ground {
  bool quick = false;
  std::optional<int> server_cpu, generator_cpu;  // empty when there are no two
  // Of this machine; NaN until measured.
  double floor_p50_us = std::numeric_limits<double>::quiet_NaN();
  double floor_mean_us = std::numeric_limits<double>::quiet_NaN();

  double seconds(double full, double when_quick) const { return quick ? when_quick : full; }
};

struct finding {
  // fail: not what arithmetic says, which another process that takes the cores may bring about. wrong: a sum that has
  // to be exact is not, which nothing excuses. floor: this machine's, no right answer.
  enum class outcome { pass, fail, wrong, floor };
  std::string measured, expected;
  outcome result = outcome::fail;
};

struct truth_test {
  const char* name;
  finding (*run)(ground&);
  bool needs_two_cores;
};

// In the order in which they must run: the first ones measure the floor that others judge against.
std::span<const truth_test> truth_tests();

}  // namespace tvl::load
