#pragma once
// Kernel settings that change the cost of a request: TCP, scheduler, memory management, clock. Two runs are comparable
// where these are equal.

#include "bench/machine/host_noise.hpp"

namespace tvl::suite {

// In the order in which they are printed. A value is empty where the kernel does not tell.
std::vector<host_fact> read_kernel_settings(const machine_files&);

}  // namespace tvl::suite
