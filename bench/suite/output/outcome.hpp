#pragma once
// The figures of one measurement that Google Benchmark reports.

#include <optional>
#include <string>

namespace tvl::suite {

// What one round tells Google Benchmark. Empty = not measured.
struct outcome {
  std::string error;  // not empty: no number at all
  std::string label;  // e.g. why the point is not valid
  bool valid = true;
  bool disturbed = false;                                      // it is not valid, and not for what the server did
  std::optional<double> response_time_s, server_cpu_s;         // Time, CPU
  std::optional<double> rate, p99_us, switches, memory_bytes;  // counters
};

}  // namespace tvl::suite
