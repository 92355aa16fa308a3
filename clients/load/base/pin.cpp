#include "clients/load/base/pin.hpp"

#include "clients/load/base/bad_plan.hpp"

#include <sched.h>

#include <cstring>
#include <string>

namespace tvl::load {

void pin(pthread_t thread, int cpu) {
  if (cpu < 0 || cpu >= CPU_SETSIZE) throw bad_plan("there is no cpu " + std::to_string(cpu));
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(static_cast<std::size_t>(cpu), &set);
  if (const int error = ::pthread_setaffinity_np(thread, sizeof set, &set))
    throw bad_plan("cannot pin a generator thread to cpu " + std::to_string(cpu) + ": " + std::strerror(error));
}

}  // namespace tvl::load
