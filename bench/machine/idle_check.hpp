#pragma once
// Is the machine idle right before points are measured on it? A busy one is waited for, but not for ever.

#include "bench/machine/proc_files.hpp"

#include <chrono>
#include <functional>
#include <optional>
#include <stop_token>

namespace tvl::suite {

struct idle_check {
  std::optional<double> busy_share;  // cores that others used when the waiting ended; empty = cannot be read here
  double waited_s = 0;               // beyond the one look that everybody takes

  bool busy() const;  // still too much: what is measured now is not valid
};

// Cores that somebody used during the time it sleeps; may be cut short by the token.
using busy_reader = std::function<std::optional<double>(std::chrono::milliseconds, std::stop_token)>;

class idle_waiter {
 public:
  static constexpr std::chrono::milliseconds look{200}, retry{500};

  // Waits up to `patience_s` each time, but after a time in vain only one retry, until the machine was idle again: a
  // host that is busy for good shall not double the run.
  idle_waiter(double patience_s, busy_reader);

  idle_check wait(std::stop_token);

 private:
  double patience_s_;
  busy_reader read_;
  bool in_vain_ = false;
};

busy_reader read_busy(machine_files = machine_files());

}  // namespace tvl::suite
