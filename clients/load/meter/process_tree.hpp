#pragma once
// Processes and threads from /proc.

#include "clients/load/meter/scheduling_counts.hpp"

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tvl::load {

// The unit of CPU times in /proc: USER_HZ is 100 on every Debian architecture.
inline constexpr std::int64_t tick_ns = 10'000'000;

struct process {
  pid_t pid = 0;
  pid_t parent = 0;
  char state = '?';                 // 'Z' = ended, not yet waited for
  std::uint64_t started_ticks = 0;  // since boot; distinguishes processes with the same pid
  // Of the children it has waited for, and their children. Whole ticks, rounded down.
  std::int64_t waited_cpu_ns = 0;
  std::uint64_t waited_faults = 0;  // minor page faults of these; every process has some, so it grows with each child
  std::uint64_t threads = 0;
  std::uint64_t rss_bytes = 0;  // from the kernel's approximate counters: off by some pages per thread

  bool same_as(const process& other) const { return pid == other.pid && started_ticks == other.started_ticks; }
};

// Empty when there is no such process.
std::optional<process> read_process(pid_t pid);

// Every process of the machine that this user may see, in no order.
std::vector<process> all_processes();

// Root first, then its descendants, zombies included; empty when the root is gone. One pass over /proc at 5 us per
// process: /proc/PID/task/*/children would cost 3 us per thread of the tree.
std::vector<process> process_tree(pid_t root);
// The trees of several roots, none of which is in the tree of another: the roots that exist in their order, then their
// descendants. Empty when the first root is gone.
std::vector<process> process_trees(const std::vector<pid_t>& roots);
// The same roots, then their descendants among `all`. Trees that were listed one after the other do not show a process
// whose parent ended in between.
std::vector<process> with_descendants(std::vector<process> roots, const std::vector<process>& all);

// The living threads of a process: without what ended threads did.
struct living_threads {
  std::vector<pid_t> ids;  // ascending
  std::int64_t cpu_ns = 0;
  scheduling_counts counts = no_counts_yet;
};

// Open descriptors. Empty when the process is gone or belongs to another user. Linux 6.2 and later counts them in under
// 1 us; before that they are listed at 0.6 us each, up to 5000 (empty above).
std::optional<std::uint64_t> count_descriptors(pid_t pid);

// The kernel sums over all threads: 2 ms for 16,000. Empty when there is no such process.
std::optional<page_faults> read_faults(pid_t pid);

// Empty when a thread ended meanwhile. Reads two files per thread: 10 to 20 us each thread; and a third for the
// migrations, which are empty above 64 threads, and where the kernel was built without CONFIG_SCHED_DEBUG.
std::optional<living_threads> read_threads(pid_t pid);

// The contents of a /proc file; empty when it cannot be read.
std::optional<std::string> read_proc(const std::string& path);

// The number after "Key:" or "key   :" at the start of a line.
std::optional<std::uint64_t> proc_field(std::string_view text, std::string_view key);

}  // namespace tvl::load
