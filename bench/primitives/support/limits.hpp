#pragma once
// Skips a benchmark that needs more threads, descriptors or memory than this machine allows, and names the limit.

#include <benchmark/benchmark.h>

#include <cstdint>
#include <string>

namespace tvl::primitives {

// The resources that a benchmark holds at the same time, in addition to the process's own.
struct resources {
  std::uint64_t threads = 0;
  std::uint64_t descriptors = 0;
  std::uint64_t bytes = 0;  // of touched memory
};

// "skipped: 100000 threads need more than kernel.threads-max 96000"; empty = it fits.
std::string lacking(const resources&);

// Skips the benchmark and returns false when the resources do not fit.
bool fits(benchmark::State&, const resources&);

}  // namespace tvl::primitives
