#pragma once
// Processes and their threads as /proc shows them.

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tvl::load {

// What /proc counts CPU time in: USER_HZ is 100 on every architecture Debian is made for.
inline constexpr std::int64_t tick_ns = 10'000'000;

struct process {
  pid_t pid = 0;
  pid_t parent = 0;
  char state = '?';                 // 'Z' = ended and not yet waited for
  std::uint64_t started_ticks = 0;  // after boot: tells a process from a later one with the same pid
  // Of its children that ended and were waited for, and of theirs. Ticks, rounded down.
  std::int64_t waited_cpu_ns = 0;
  std::uint64_t waited_faults = 0;  // minor page faults: no process lives without one, so this grows with each of them
  std::uint64_t threads = 0;
  std::uint64_t rss_bytes = 0;  // as the kernel's quick counters have it: some pages off for each thread

  bool same_as(const process& other) const { return pid == other.pid && started_ticks == other.started_ticks; }
};

// Empty when there is no such process (any more).
std::optional<process> read_process(pid_t pid);

// Root first, then its living or not yet waited for descendants; empty when there is no root. One pass over /proc, at
// 5 us a process: /proc/PID/task/*/children would cost 3 us for each thread of the tree.
std::vector<process> process_tree(pid_t root);

// The threads of one process that are alive now. cpu_ns and the switches are theirs alone.
struct living_threads {
  std::vector<pid_t> ids;  // ascending
  std::int64_t cpu_ns = 0;
  std::uint64_t voluntary = 0;
  std::uint64_t involuntary = 0;
};

// Open descriptors. Empty when the process is gone or another user's. Linux counts them itself from 6.2 on, in
// under 1 us; an older one lets us list them, at 0.6 us each, which more than 5000 are not worth: empty as well.
std::optional<std::uint64_t> count_descriptors(pid_t pid);

// Empty when one of them ended meanwhile. Two files a thread: 10 to 20 us each thread.
std::optional<living_threads> read_threads(pid_t pid);

// The whole of a file in /proc; empty when it cannot be read.
std::optional<std::string> read_proc(const std::string& path);

// The number behind "Key:" at the start of a line of such a file.
std::optional<std::uint64_t> proc_field(std::string_view text, std::string_view key);

}  // namespace tvl::load
