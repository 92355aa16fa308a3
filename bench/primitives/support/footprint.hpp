#pragma once
// What something takes of memory: of the heap, resident, and in the kernel.

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace tvl::primitives {

// Bytes, and of how many items.
struct footprint {
  std::int64_t items = 0;
  std::int64_t heap = 0;  // what malloc gave out, its own overhead included. Counting operator new would miss Asio's
                          // frames, which come from aligned_alloc
  std::int64_t resident = 0;  // Rss of smaps_rollup
  std::int64_t kernel = 0;    // page tables (VmPTE), and kernel stacks (/proc/meminfo, so of the whole machine). The
                              // kernel's other objects, some 7 KiB per thread, are not told per process
};

// Runs `make` in a forked process, because memory that was freed would be used again. It has to call what it is given,
// with the number of its items, while they are there; that ends the process. None when it does not get there.
std::optional<footprint> taken_in_a_child(const std::function<void(const std::function<void(std::int64_t)>&)>& make);

// Bytes per item: least squares over several sizes, so that what is there once does not count.
double slope(const std::vector<footprint>& sizes, std::int64_t footprint::*of);

}  // namespace tvl::primitives
