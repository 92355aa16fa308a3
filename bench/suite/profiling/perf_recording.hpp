#pragma once
// Records which code runs on some cores, with perf: 499 stacks a second of each core by the clock (cpu-clock), which
// needs no hardware counters. The interrupt of that clock waits where interrupts are off: such code is charged to where
// they come back on.

#include "bench/suite/processes/started_processes.hpp"

#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace tvl::suite {

// what() is one line.
struct not_profiled : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class perf_recording {
 public:
  static constexpr int hz = 499;  // not a divisor of the kernel's ticks

  // Writes `file`, and FILE.log; perf runs on `own_cpus`. Returns when perf samples: on a busy machine it takes
  // seconds to begin. Throws not_profiled: there is no perf, or it gives a reason.
  perf_recording(const std::vector<int>& cpus, std::filesystem::path file, const std::vector<int>& own_cpus);
  // Throws not_profiled with perf's reason when it has ended by itself.
  void stop();

 private:
  void check_alive();

  std::filesystem::path file_;
  std::optional<started_processes> perf_;
};

// Tries it. Empty = profiles can be taken; else the reason and the remedy in one line.
std::string why_not_profiled(const std::vector<int>& cpus);

}  // namespace tvl::suite
