#include "servers/waits/blocking.hpp"

#include <ctime>
#include <thread>

namespace tvl::waits::blocking {
namespace {

using handler::plan;

std::chrono::nanoseconds thread_cpu_time() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

// CPU time, not wall time: a thread that shares its core has to burn as much as one that does not.
void burn(std::chrono::nanoseconds time) {
  const auto end = thread_cpu_time() + time;
  volatile unsigned x = 1;
  while (thread_cpu_time() < end)
    for (int i = 0; i < 200; ++i) x = x * 1664525u + 1013904223u;
}

}  // namespace

handler::outcome fulfil(const plan& p) {
  switch (p.kind) {
    case plan::wait::nothing:
      return {};
    case plan::wait::sleep:
    case plan::wait::block:
      std::this_thread::sleep_for(p.time);
      return {};
    case plan::wait::burn:
      burn(p.time);
      return {};
    default:
      return {501, "this server has no services"};
  }
}

}  // namespace tvl::waits::blocking
