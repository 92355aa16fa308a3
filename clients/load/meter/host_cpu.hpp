#pragma once
// CPU time of the measured cores that neither server nor generator used; interference by other processes invalidates
// the point.

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <vector>

namespace tvl::load {

// Running totals in nanoseconds.
struct host_reading {
  std::int64_t at_ns = 0;               // steady_clock
  std::optional<std::int64_t> busy_ns;  // all processes on those cores, in 10 ms ticks; empty without /proc/stat
  std::int64_t own_ns = 0;              // this process
};

// `cores` = those that server, generator and services run on; empty = all.
host_reading read_host(const std::vector<int>& cores = {});

// Ticks of these cores in the text of /proc/stat; empty when one of them is not there.
std::optional<std::int64_t> busy_ticks(std::istream& stat, const std::vector<int>& cores);

// Cores used by other processes than this one and the server between two readings of the same cores; `server_ns` is the
// server's CPU time in between. Never negative; empty where it is not known.
std::optional<double> others_share(const host_reading& begin, const host_reading& end, std::int64_t server_ns);

}  // namespace tvl::load
