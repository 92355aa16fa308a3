#pragma once
// Pins a thread to one core.

#include <pthread.h>

namespace tvl::load {

// Throws bad_plan: no such core, or the core is not in this process's affinity mask.
void pin(pthread_t, int cpu);

}  // namespace tvl::load
