#pragma once
// What a server process tree costs: CPU time, context switches, memory, threads.
//
// A reading is a set of running totals; the cost of a window is the difference of two readings. Threads that
// ended in between are included (design: never /proc/PID/schedstat, which is the leader's alone), processes
// too as long as their parent waits for them.
//
// CPU: each living process by its CPU clock, to the nanosecond, ended threads included, plus what it has
// inherited from children it waited for, in ticks: exact while no process ends, and within two ticks (20 ms)
// per waiting parent when some do. A process whose CPU time nobody inherits (its parent ignores SIGCHLD, or it
// was re-parented out of the tree) makes the window's CPU empty if it was there at the first reading; one that
// started, ended and was ignored inside the window is not seen at all.
//
// Switches: by taskstats where the kernel offers it, else from the living threads, if they are the same at both
// readings and account for the CPU time. Empty when a process ended in the window: nobody inherits these.
//
// Memory: user is RSS and PSS, kernel is stacks and page tables; sockets are not in it.
//
// A reading takes about 5 us for each process of the machine, to find the tree, and 0.2 ms for 1000 threads in
// it, for their switches (10 to 20 ms where it must fall back to the living threads, one by one). Only the CPU clocks,
// 75 us for 1000 threads, lie between at_ns and what the reading says about CPU time.

#include "clients/load/meter/process_tree.hpp"
#include "clients/load/point/point.hpp"

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <vector>

namespace tvl::load {

class meter {
 public:
  explicit meter(pid_t root) : root_(root) {}

  struct reading {
    std::int64_t at_ns = 0;  // steady_clock, taken with the CPU clocks
    std::optional<std::int64_t> cpu_ns;
    std::optional<std::uint64_t> voluntary, involuntary;

    // What the difference of two readings has to be checked against.
    struct member {
      process who;
      std::int64_t cpu_ns = 0;
    };
    std::vector<member> tree;               // root first; empty when there is no root
    std::optional<living_threads> threads;  // whose switches these are, when taskstats could not tell
  };
  reading read() const;
  // Without the switches, which take most of a reading's time: of 16,000 threads 4 ms, in which a generator on the same
  // core sends nothing.
  reading read_cpu() const;

  // Memory and threads now. Walks page tables: call it outside the window.
  void read_memory(server_cost& into) const;
  // Fills what the row says of the server's size at a reading. Cheap enough for every second of a window: all but the
  // descriptors is in the reading, and those are left out where the tree has more than 1000 processes.
  static void add_size(const reading&, second& row);
  // The cost of the window between two readings in which the server answered `replies` requests.
  server_cost cost(const reading& begin, const reading& end, std::uint64_t replies) const;

  pid_t root() const { return root_; }

 private:
  pid_t root_;
};

}  // namespace tvl::load
