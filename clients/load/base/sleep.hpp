#pragma once
// Sleeps until a time of the generator's clock (nanoseconds) or until a stop is requested.

#include "clients/load/base/clock.hpp"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stop_token>

namespace tvl::load {

inline void sleep_until(std::int64_t ns, const std::stop_token& stopped) {
  const std::chrono::steady_clock::time_point moment{std::chrono::nanoseconds(ns)};
  std::mutex mutex;
  std::condition_variable_any wake;
  std::unique_lock lock(mutex);
  wake.wait_until(lock, stopped, moment, [] { return false; });
}

}  // namespace tvl::load
