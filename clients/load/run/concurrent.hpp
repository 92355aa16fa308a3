#pragma once
// Loads several servers at the same time, each from its own generator, all generators on the same cores. The cost of a
// system call drifts by a tenth from second to second on some machines; concurrent servers share that drift, so their
// CPU per request compares to a percent. Their rates and response times are those of a part of a core: not comparable.

#include "clients/load/meter/watcher.hpp"

#include <exception>
#include <vector>

namespace tvl::load {

struct job {
  plan asked;
  watcher with;  // `start` and `neighbours` are filled in; only the first one's each_second is called
};

struct attempt {
  point result;
  std::exception_ptr failure;  // what run() threw; then there is no result
};

// Results in the order of the jobs, all in this process. The warm-ups begin together, when the last connection is open.
std::vector<attempt> run_together(std::vector<job>);

}  // namespace tvl::load
