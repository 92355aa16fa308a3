#pragma once
// The Google Benchmark flags that the suite reads or overrides.
//
// The library repeats a benchmark n times in a row; the suite runs the rounds of a point apart, next to those of the
// other contestants. So the suite does repetitions and aggregation; for the library each round is a benchmark that runs
// once.

#include <optional>
#include <string>
#include <vector>

namespace tvl::suite {

struct google_flags {
  std::vector<std::string> rest;  // for benchmark::Initialize: program name and the library's flags
  std::optional<int> repetitions;
  bool list = false;  // --benchmark_list_tests
  std::string format = "console";
  std::string out;  // --benchmark_out, empty = none
  std::string out_format = "json";
  bool display_aggregates_only = false;
  bool report_aggregates_only = false;
};

// True = one of the library's flags.
bool is_google_flag(const std::string& argument);

// For rounds that run once: throws std::invalid_argument for a flag that the library ignores, or that would change
// them.
void check_known_flags(const std::vector<std::string>& arguments);

// Reads `--benchmark_...` arguments and, like the library, the environment (BENCHMARK_REPETITIONS ...).
// Throws std::invalid_argument.
google_flags read_google_flags(const std::string& program, const std::vector<std::string>& arguments);

}  // namespace tvl::suite
