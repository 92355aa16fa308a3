#include "servers/waits/awaiting/local.hpp"

#include "servers/drivers/failure.hpp"
#include "servers/waits/awaiting/context.hpp"
#include "servers/waits/blocking/local.hpp"

#include <boost/asio/this_coro.hpp>

#include <atomic>
#include <memory>
#include <thread>

namespace tvl::waits::awaiting {
namespace {

namespace asio = boost::asio;
using handler::outcome;
using handler::plan;

using runtime::quietly;

// What the executor's thread and the coroutine share; whoever needs it last frees it.
struct errand {
  std::atomic<bool> unwanted = false;
  // The loop's thread only:
  bool done = false;
  runtime::timer* waiting = nullptr;
};

// The coroutine's part of it, which ends with the wait or with the coroutine.
class waiting_for {
 public:
  waiting_for(errand& e, runtime::timer& t) : errand_(e) { errand_.waiting = &t; }
  ~waiting_for() {
    errand_.waiting = nullptr;
    errand_.unwanted = true;
  }
  waiting_for(const waiting_for&) = delete;
  waiting_for& operator=(const waiting_for&) = delete;

 private:
  errand& errand_;
};

}  // namespace

asio::awaitable<outcome, runtime::executor> local(const plan& p) {
  if (p.kind != plan::wait::sleep) co_return blocking::local(p);
  runtime::timer timer(co_await asio::this_coro::executor, p.time);
  co_await timer.async_wait(quietly);
  co_return outcome{};
}

asio::awaitable<outcome, runtime::executor> offload(services& s, const plan& p) {
  runtime::timer over(co_await asio::this_coro::executor, s.options.deadline());
  const auto job = std::make_shared<errand>();
  const waiting_for wait(*job, over);
  const bool accepted = s.offload->run([job, kind = p.kind, time = p.time, loop = s.loop.make_button()] {
    if (job->unwanted) return;
    kind == plan::wait::burn_offload ? blocking::burn(time) : std::this_thread::sleep_for(time);
    loop.post([job] {
      job->done = true;
      if (job->waiting) job->waiting->cancel();
    });
  });
  if (!accepted) co_return outcome_of("the executor", failure::full);
  co_await over.async_wait(quietly);
  co_return job->done ? outcome{} : outcome_of("the executor", failure::late);
}

}  // namespace tvl::waits::awaiting
