#include "servers/waits/blocking/local.hpp"

#include "servers/drivers/failure.hpp"
#include "servers/waits/blocking/context.hpp"

#include <atomic>
#include <ctime>
#include <future>
#include <memory>
#include <thread>

namespace tvl::waits::blocking {
namespace {

using handler::outcome;
using handler::plan;

std::chrono::nanoseconds thread_cpu_time() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

struct errand {
  std::atomic<bool> unwanted = false;
  std::promise<void> done;
};

}  // namespace

void burn(std::chrono::nanoseconds time) {
  const auto end = thread_cpu_time() + time;
  volatile unsigned x = 1;
  while (thread_cpu_time() < end)
    for (int i = 0; i < 200; ++i) x = x * 1664525u + 1013904223u;
}

outcome local(const plan& p) {
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

outcome offload(services& s, const plan& p) {
  const auto deadline = s.options.deadline();
  const auto job = std::make_shared<errand>();
  const auto done = job->done.get_future();
  const bool accepted = s.offload->run([job, kind = p.kind, time = p.time] {
    if (job->unwanted) return;
    kind == plan::wait::burn_offload ? burn(time) : std::this_thread::sleep_for(time);
    job->done.set_value();
  });
  if (!accepted) return outcome_of("the executor", failure::full);
  if (done.wait_until(deadline) == std::future_status::ready) return {};
  job->unwanted = true;
  return outcome_of("the executor", failure::late);
}

}  // namespace tvl::waits::blocking
