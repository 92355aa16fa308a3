#pragma once
// Google Benchmark's flags, as far as the suite has to know or to change them.
//
// The library repeats a benchmark n times in a row; here the rounds of a point are apart, next to their
// competitors. So repetitions and aggregation are the suite's, and the library sees every round as a
// benchmark that runs once.

#include <optional>
#include <string>
#include <vector>

namespace tvl::suite {

struct google_flags {
  std::vector<std::string> rest;  // for benchmark::Initialize: program name, flags that are the library's own
  std::optional<int> repetitions;
  bool list = false;  // --benchmark_list_tests
  std::string format = "console";
  std::string out;  // --benchmark_out, empty = none
  std::string out_format = "json";
  bool display_aggregates_only = false;
  bool report_aggregates_only = false;
};

// Is it one of the library's flags?
bool is_google_flag(const std::string& argument);

// From `--benchmark_...` arguments, and from the environment (BENCHMARK_REPETITIONS ...) as the library does.
// Throws std::invalid_argument.
google_flags read_google_flags(const std::string& program, const std::vector<std::string>& arguments);

}  // namespace tvl::suite
