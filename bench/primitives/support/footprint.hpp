#pragma once
// Memory per item: heap, resident and kernel bytes.

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace tvl::primitives {

// Bytes taken by `items` items.
struct footprint {
  std::int64_t items = 0;
  std::int64_t heap = 0;      // from malloc, with its overhead; includes Asio's frames, which come from aligned_alloc
  std::int64_t resident = 0;  // Rss of smaps_rollup
  std::int64_t kernel = 0;  // page tables (VmPTE) and kernel stacks (/proc/meminfo, of the whole machine); without the
                            // kernel's other objects, about 7 KiB per thread
};

// Measures in a forked process, because freed memory would be reused. `make` creates the items and calls its argument
// with their number while they exist, which ends the process. Empty when that call does not happen.
std::optional<footprint> taken_in_a_child(const std::function<void(const std::function<void(std::int64_t)>&)>& make);

// Bytes per item: least squares over several sizes, so that constant memory does not count.
double slope(const std::vector<footprint>& sizes, std::int64_t footprint::*of);

}  // namespace tvl::primitives
