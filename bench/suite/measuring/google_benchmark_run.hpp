#pragma once
// Points as Google Benchmarks: every round of a point is registered as a benchmark of the point's name.

#include "bench/suite/output/outcome.hpp"
#include "bench/suite/planning/schedule.hpp"
#include "bench/support/google_flags.hpp"

#include <functional>
#include <string>
#include <vector>

namespace tvl::suite {

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
