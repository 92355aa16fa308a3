#include "servers/drivers/failure.hpp"
#include "servers/waits/awaiting/context.hpp"
#include "servers/waits/awaiting/waits.hpp"
#include "servers/waits/blocking/waits.hpp"

#include <boost/asio/this_coro.hpp>

#include <atomic>
#include <memory>
#include <thread>

namespace tvl::waits::awaiting {
namespace {

namespace asio = boost::asio;
using handler::plan;
using handler::service_result;

using runtime::quietly;

// Shared by the executor's thread and the coroutine.
struct offloaded_job {
  std::atomic<bool> cancelled = false;
  // For the loop's thread only:
  bool done = false;
  runtime::timer* waiting = nullptr;
};

// Cancels the job when the wait ends or the coroutine is destroyed.
class job_guard {
 public:
  job_guard(offloaded_job& j, runtime::timer& t) : job_(j) { job_.waiting = &t; }
  ~job_guard() {
    job_.waiting = nullptr;
    job_.cancelled = true;
  }
  job_guard(const job_guard&) = delete;
  job_guard& operator=(const job_guard&) = delete;

 private:
  offloaded_job& job_;
};

}  // namespace

awaited_result local(const plan& p) {
  if (p.kind != plan::operation::sleep) co_return blocking::local(p);
  runtime::timer timer(co_await asio::this_coro::executor, p.time);
  co_await timer.async_wait(quietly);
  co_return service_result{};
}

awaited_result offload(services& s, const plan& p) {
  runtime::timer over(co_await asio::this_coro::executor, s.options.deadline());
  const auto job = std::make_shared<offloaded_job>();
  const job_guard guard(*job, over);
  const bool accepted = s.offload->run([job, kind = p.kind, time = p.time, loop = s.loop.make_handle()] {
    if (job->cancelled) return;
    kind == plan::operation::cpu_offload ? blocking::use_cpu(time) : std::this_thread::sleep_for(time);
    loop.post([job] {
      job->done = true;
      if (job->waiting) job->waiting->cancel();
    });
  });
  if (!accepted) co_return to_result("the executor", failure::queue_full);
  co_await over.async_wait(quietly);
  co_return job->done ? service_result{} : to_result("the executor", failure::timeout);
}

}  // namespace tvl::waits::awaiting
