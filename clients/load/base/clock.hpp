#pragma once
// The generator's clocks: wall time (steady_clock) and CPU time as integer nanoseconds.

#include <cmath>
#include <cstdint>
#include <ctime>
#include <string>

namespace tvl::load {

inline constexpr std::int64_t one_second = 1'000'000'000, one_millisecond = 1'000'000;

inline constexpr std::int64_t never = INT64_MAX;

inline std::int64_t to_ns(double seconds) { return std::llround(seconds * 1e9); }

inline std::int64_t read_ns(clockid_t clock) {
  timespec t{};
  ::clock_gettime(clock, &t);
  return t.tv_sec * one_second + t.tv_nsec;
}

// What std::chrono::steady_clock shows, without a call of libstdc++'s on the way.
inline std::int64_t clock_now() { return read_ns(CLOCK_MONOTONIC); }

// CPU time of the calling thread.
inline std::int64_t thread_cpu_now() { return read_ns(CLOCK_THREAD_CPUTIME_ID); }

// "2026-01-31T12:00:00Z"
inline std::string utc_now() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  ::gmtime_r(&now, &parts);
  char text[sizeof "2026-01-01T00:00:00Z"];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text;
}

}  // namespace tvl::load
