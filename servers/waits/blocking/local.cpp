#include "servers/drivers/failure.hpp"
#include "servers/waits/blocking/context.hpp"
#include "servers/waits/blocking/waits.hpp"

#include <atomic>
#include <ctime>
#include <future>
#include <memory>
#include <thread>

namespace tvl::waits::blocking {
namespace {

using handler::plan;
using handler::service_result;

std::chrono::nanoseconds thread_cpu_time() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

struct offloaded_job {
  std::atomic<bool> cancelled = false;
  std::promise<void> done;
};

}  // namespace

void use_cpu(std::chrono::nanoseconds time) {
  const auto end = thread_cpu_time() + time;
  volatile unsigned x = 1;
  while (thread_cpu_time() < end)
    for (int i = 0; i < 200; ++i) x = x * 1664525u + 1013904223u;
}

service_result local(const plan& p) {
  switch (p.kind) {
    case plan::operation::nothing:
      return {};
    case plan::operation::sleep:
    case plan::operation::block:
      std::this_thread::sleep_for(p.time);
      return {};
    case plan::operation::cpu:
      use_cpu(p.time);
      return {};
    default:
      return {501, "this server has no services"};
  }
}

service_result offload(services& s, const plan& p) {
  const auto deadline = s.options.deadline();
  const auto job = std::make_shared<offloaded_job>();
  const auto done = job->done.get_future();
  const bool accepted = s.offload->run([job, kind = p.kind, time = p.time] {
    if (job->cancelled) return;
    kind == plan::operation::cpu_offload ? use_cpu(time) : std::this_thread::sleep_for(time);
    job->done.set_value();
  });
  if (!accepted) return to_result("the executor", failure::queue_full);
  if (done.wait_until(deadline) == std::future_status::ready) return {};
  job->cancelled = true;
  return to_result("the executor", failure::timeout);
}

}  // namespace tvl::waits::blocking
