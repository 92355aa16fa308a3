#pragma once
// Scheduling of a process from the kernel's taskstats: one netlink round trip, 25 us with 1000 threads.

#include "clients/load/meter/scheduling_counts.hpp"

#include <sys/types.h>

namespace tvl::load {

// Ended threads are included. Empty without CAP_NET_ADMIN in the initial user and network namespaces, and each count on
// kernels that drop it when a thread ends (tested once); migrations are not there.
scheduling_counts taskstats_counts(pid_t pid);

}  // namespace tvl::load
