#pragma once
// CPU time of the whole machine: what is neither the server's nor ours is somebody else's, and spoils the point.

#include <cstdint>
#include <optional>

namespace tvl::load {

// Running totals in nanoseconds.
struct host_reading {
  std::int64_t at_ns = 0;               // steady_clock
  std::optional<std::int64_t> busy_ns;  // all processes on all cores, in ticks of 10 ms; empty where /proc/stat is not
  std::int64_t own_ns = 0;              // this process
};

host_reading read_host();

// Cores that neither this process nor the server used between two readings; `server_ns` is the server's CPU time
// between them. Never below 0.
std::optional<double> others_share(const host_reading& begin, const host_reading& end, std::int64_t server_ns);

}  // namespace tvl::load
