#pragma once
// Points as Google Benchmarks: every round of a point is registered as a benchmark of the point's name.

#include "bench/suite/google_flags.hpp"
#include "bench/suite/schedule.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace tvl::suite {

// What one round tells Google Benchmark. Empty = not measured.
struct outcome {
  std::string error;                                           // not empty: no number at all
  std::string label;                                           // e.g. why the point is not valid
  bool spoilt = false;                                         // it is not, and not for what the server did
  std::optional<double> response_time_s, server_cpu_s;         // Time, CPU
  std::optional<double> rate, p99_us, switches, memory_bytes;  // counters
};

// The names among these that --benchmark_filter selects, by the library's own rules; it says so itself on
// stderr when there is none.
std::vector<std::string> filtered(const std::vector<std::string>& names, const google_flags&);

// --benchmark_list_tests: each name once.
void list_points(const std::vector<std::string>& names, const google_flags&);

// Runs every round once, in this order, and reports as the flags ask. What `measure` throws ends the run: nothing more
// is measured, what was is reported, and it is thrown again.
void run_rounds(const std::vector<scheduled>& rounds, const std::function<outcome(const scheduled&)>& measure,
                const google_flags&);

}  // namespace tvl::suite
