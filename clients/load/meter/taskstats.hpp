#pragma once
// Context switches of a process from the kernel's taskstats: one netlink round trip, 25 us with 1000 threads.

#include <sys/types.h>

#include <cstdint>
#include <optional>

namespace tvl::load {

struct switches {
  std::uint64_t voluntary = 0;
  std::uint64_t involuntary = 0;
};

// Includes ended threads. Empty without CAP_NET_ADMIN in the initial user and network namespaces, and on kernels whose
// fill_tgid_exit() drops the switches of ended threads (tested once).
std::optional<switches> taskstats_switches(pid_t pid);

}  // namespace tvl::load
