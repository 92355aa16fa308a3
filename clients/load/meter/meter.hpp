#pragma once
// Measures the cost of a server's process tree, or trees: CPU time, scheduling, page faults, memory, threads.
//
// A reading is a set of running totals; the cost of a window is the difference of two readings. It includes threads
// that ended in between (/proc/PID/schedstat would not) and processes whose parent waits for them.
//
// CPU: the CPU clock of each living process (nanoseconds, ended threads included) plus the time of children it has
// waited for (ticks): exact while no process ends, else within two ticks (20 ms) per waiting parent. If a process of
// the first reading ends and no parent inherits its time (SIGCHLD ignored, or re-parented out of the tree), the
// window's CPU is empty. Such a process that also started inside the window is missed.
//
// Scheduling (switches, slices, time in the run queue): from taskstats where the kernel offers it, else from the living
// threads if they are the same at both readings and account for the CPU time. Migrations: from at most 64 living
// threads. Page faults: of all threads. All empty when a process ended in the window: no parent inherits its counts.
//
// Memory: user is RSS and PSS; kernel is stacks and page tables, without sockets.
//
// A reading takes about 5 us per process of the machine to find the tree, and 0.2 ms per 1000 threads of the tree for
// their switches (10 to 20 ms without taskstats). The CPU clocks are read within 75 us per 1000 threads of at_ns.

#include "clients/load/meter/process_tree.hpp"
#include "clients/load/point/point.hpp"

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace tvl::load {

class meter {
 public:
  explicit meter(pid_t root) : roots_{root} {}
  // At least one, and none in the tree of another. Without the first there is no cost.
  explicit meter(std::vector<pid_t> roots) : roots_(std::move(roots)) {}

  struct reading {
    std::int64_t at_ns = 0;  // steady_clock, taken with the CPU clocks
    std::optional<std::int64_t> cpu_ns;
    scheduling_counts counts;  // that include ended threads
    std::optional<page_faults> faults;

    // To check that the difference of two readings is valid.
    struct member {
      process who;
      std::int64_t cpu_ns = 0;
    };
    std::vector<member> tree;               // first root first; empty when it is gone
    std::optional<living_threads> threads;  // source of the counts that the others lack; empty where not needed
  };
  reading read() const;
  // Without scheduling and faults, which take most of a reading's time: 4 ms for 16,000 threads, during which a
  // generator on the same core cannot send.
  reading read_cpu() const;

  // Memory and threads now. Walks page tables, so call it outside the window.
  void read_memory(server_cost& into) const;
  // Fills the row's RSS, threads and descriptors. Cheap enough for every second of a window; the descriptors are
  // skipped for trees of more than 1000 processes.
  static void add_size(const reading&, timeline_row& row);
  // The cost between two readings, in which the server answered `replies` requests.
  server_cost cost(const reading& begin, const reading& end, std::uint64_t replies) const;

  pid_t root() const { return roots_.front(); }

 private:
  std::vector<pid_t> roots_;
};

}  // namespace tvl::load
