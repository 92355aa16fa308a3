#pragma once
// A run: from settings to points.jsonl.

#include "bench/suite/commands/run_flags.hpp"

namespace tvl::suite {

// Exit codes.
inline constexpr int all_measured = 0;
inline constexpr int some_failed = 1;  // or nothing was measured
inline constexpr int wrong_input = 2;
inline constexpr int interrupted = 130;

// Returns the exit code. Throws bad_input and bad_file before anything is measured.
int run(const settings&);

}  // namespace tvl::suite
