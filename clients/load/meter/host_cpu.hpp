#pragma once
// Host CPU time not used by server or generator; interference by other processes invalidates the point.

#include <cstdint>
#include <optional>

namespace tvl::load {

// Running totals in nanoseconds.
struct host_reading {
  std::int64_t at_ns = 0;               // steady_clock
  std::optional<std::int64_t> busy_ns;  // all processes on all cores, in 10 ms ticks; empty without /proc/stat
  std::int64_t own_ns = 0;              // this process
};

host_reading read_host();

// Cores used by other processes than this one and the server between two readings; `server_ns` is the server's CPU time
// in between. Never negative; empty where it is not known.
std::optional<double> others_share(const host_reading& begin, const host_reading& end, std::int64_t server_ns);

}  // namespace tvl::load
