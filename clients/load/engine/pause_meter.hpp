#pragma once
// How long a generator thread did not run although it had something to do: it was stopped, or other processes had its
// core. A closed loop shows that in nothing else: its requests are due when the thread sends them.

#include "clients/load/base/clock.hpp"

#include <cstdint>

namespace tvl::load {

class pause_meter {
 public:
  // A thread sleeps no longer than this at a time. The end of a pause is then seen even where the server's replies
  // would have woken the thread later.
  static constexpr std::int64_t longest_sleep = 10 * one_millisecond;
  // A shorter delay may be the work on one batch of events: 256 new connections take 15 ms.
  static constexpr std::int64_t shortest_pause = 20 * one_millisecond;

  // The window begins.
  void begin(std::int64_t now) {
    expected_ = now;
    paused_ = 0;
  }
  // The thread sleeps until `until` at most.
  void sleeps(std::int64_t until) { expected_ = until; }
  // The thread runs.
  void runs(std::int64_t now) {
    if (now - expected_ >= shortest_pause) paused_ += now - expected_;
    expected_ = now;
  }
  // Nanoseconds since the window's begin.
  std::int64_t paused() const { return paused_; }

 private:
  std::int64_t expected_ = never;
  std::int64_t paused_ = 0;
};

}  // namespace tvl::load
