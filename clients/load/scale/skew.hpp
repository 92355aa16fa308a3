#pragma once
// How far apart the windows of many hosts begin, by the error of the clocks' comparison. Delays are drawn; the estimate
// is that of `tvl-load --hosts`.

#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <vector>

namespace tvl::load {

// Of a message: `base` nanoseconds and an exponential tail of this mean; from every second host `asymmetry` more.
struct delays {
  double base, tail, asymmetry;
};

struct skew {
  std::int64_t widest = 0;       // between the first and the last begin of a window
  std::int64_t uncertainty = 0;  // the largest of a host: the program says so much
  std::int64_t error = 0;        // the largest of a host, in truth
};

skew skew_of(std::size_t hosts, const delays&, std::uint64_t seed);

// A table with a row for each kind of delays and each number of hosts.
void print_skew(std::ostream&, const std::vector<std::size_t>& hosts);

}  // namespace tvl::load
