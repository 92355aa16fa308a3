#pragma once
// The generator's clock: steady_clock as nanoseconds in an integer, which is what the hot path adds and compares.

#include <chrono>
#include <cstdint>
#include <ctime>

namespace tvl::load {

inline constexpr std::int64_t one_second = 1'000'000'000, one_millisecond = 1'000'000;

inline std::int64_t clock_now() { return std::chrono::steady_clock::now().time_since_epoch().count(); }

// CPU time of the calling thread.
inline std::int64_t thread_cpu_now() {
  timespec t{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return t.tv_sec * one_second + t.tv_nsec;
}

}  // namespace tvl::load
