#pragma once
// Checks before a measurement that the machine is idle; waits a limited time if it is busy.

#include "bench/machine/proc_files.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <stop_token>
#include <vector>

namespace tvl::suite {

struct idle_check {
  std::optional<double> busy_share;  // of the measured cores, used by other processes at the last reading; empty =
                                     // cannot be read
  double waited_s = 0;               // after the first reading
  std::size_t cores = 0;             // that are measured, see load::most_others(); 0 = not known

  bool busy() const;  // a measurement now would not be valid
};

// Sleeps and returns the cores used meanwhile; the token may end the sleep.
using busy_reader = std::function<std::optional<double>(std::chrono::milliseconds, std::stop_token)>;

class idle_waiter {
 public:
  static constexpr std::chrono::milliseconds look{200}, retry{500};

  // wait() waits up to `patience_s`. After a wait in vain it only retries once, until the machine was idle again, so
  // that a permanently busy host does not double the run time.
  idle_waiter(double patience_s, busy_reader, std::size_t cores = 0);

  idle_check wait(std::stop_token);

 private:
  double patience_s_;
  busy_reader read_;
  std::size_t cores_;
  bool in_vain_ = false;
};

// Of these cores; none = of all.
busy_reader read_busy(machine_files = machine_files(), std::vector<int> cores = {});

}  // namespace tvl::suite
