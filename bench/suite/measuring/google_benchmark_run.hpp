#pragma once
// The Google Benchmark runner: every round of a point is registered as a benchmark of the point's name.

#include "bench/suite/output/outcome.hpp"
#include "bench/suite/planning/schedule.hpp"
#include "bench/support/google_flags.hpp"

#include <functional>
#include <string>
#include <vector>

namespace tvl::suite {

// The names that --benchmark_filter selects, by the library's rules; the library reports on stderr if there are none.
std::vector<std::string> filtered(const std::vector<std::string>& names, const google_flags&);

// --benchmark_list_tests: each name once.
void list_points(const std::vector<std::string>& names, const google_flags&);

// Runs every round once, in this order, and reports as the flags say. An exception of `measure` ends the run: finished
// rounds are reported, and the exception is rethrown. Throws std::runtime_error when --benchmark_out cannot be written.
void run_rounds(const std::vector<scheduled>& rounds, const std::function<outcome(const scheduled&)>& measure,
                const google_flags&);

}  // namespace tvl::suite
