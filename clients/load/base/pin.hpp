#pragma once
// Which core a thread of the generator stays on.

#include <pthread.h>

namespace tvl::load {

// Throws bad_plan: no such core, or not for us.
void pin(pthread_t, int cpu);

}  // namespace tvl::load
