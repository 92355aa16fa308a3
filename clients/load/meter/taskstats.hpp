#pragma once
// Context switches of a whole process from the kernel's taskstats: one netlink round trip, 25 us with 1000 threads.

#include <sys/types.h>

#include <cstdint>
#include <optional>

namespace tvl::load {

struct switches {
  std::uint64_t voluntary = 0;
  std::uint64_t involuntary = 0;
};

// Threads that ended are included. Empty when the kernel does not tell us: without CAP_NET_ADMIN in the first
// user and network namespace, and on kernels that drop a thread's switches as it ends (fill_tgid_exit() did
// so for many years; whether this one does is tried out, once).
std::optional<switches> taskstats_switches(pid_t pid);

}  // namespace tvl::load
