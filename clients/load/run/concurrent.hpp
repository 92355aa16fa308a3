#pragma once
// Several servers loaded at the same time, each by a generator of its own, all generators on the same cores. What a
// system call costs changes by a tenth from second to second on some machines; servers that share every second share
// that, so that their CPU per request can be compared to a percent. Their rates and response times are those of
// servers with a part of a core each, and compare to nothing.

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
  std::exception_ptr failure;  // what run() threw; there is no result then
};

// In the order of the jobs, each in this process. All warm-ups begin at the same moment, when the last connection is
// open.
std::vector<attempt> run_together(std::vector<job>);

}  // namespace tvl::load
