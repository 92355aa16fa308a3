#pragma once
// Whether this machine has room for so many threads, descriptors or bytes. Where not, the benchmark is skipped with
// one line that names the limit, and the others run.

#include <benchmark/benchmark.h>

#include <cstdint>
#include <string>

namespace tvl::primitives {

// What a benchmark holds at the same time, beside what the process has anyway.
struct room {
  std::uint64_t threads = 0;
  std::uint64_t descriptors = 0;
  std::uint64_t bytes = 0;  // of memory that is touched
};

// "skipped: 100000 threads need more than kernel.threads-max 96000"; empty = it fits.
std::string lacking(const room&);

// False, and the benchmark is skipped, when it does not fit.
bool fits(benchmark::State&, const room&);

}  // namespace tvl::primitives
