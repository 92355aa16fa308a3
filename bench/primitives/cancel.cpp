// task.cancel(): ends a wait from outside. The guide's tasks that "can run forever" end this way.
// Claim: every wait on a loop can be cancelled, because it is an object of the loop. A thread's wait can be cancelled
// only where it was written for that.
//
// n tasks wait for ever; they are cancelled, notice it and wait again.
// loop:   a coroutine passes its cancellation slot to the timer that it awaits
// thread: a condition variable's wait with a stop_token

#include "bench/primitives/support/limits.hpp"
#include "bench/primitives/support/primitive.hpp"
#include "servers/runtime/asio_types.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/detached.hpp>

#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <semaphore>
#include <stop_token>
#include <thread>
#include <vector>

namespace tvl::primitives {
namespace {

namespace asio = boost::asio;
constexpr auto quietly = asio::as_tuple(asio::deferred);

class cancelling_loop {
 public:
  explicit cancelling_loop(int n) : waits_(static_cast<std::size_t>(n)) {
    for (auto& w : waits_) asio::co_spawn(loop_, wait(), asio::bind_cancellation_slot(w.slot(), asio::detached));
    loop_.poll();
  }
  ~cancelling_loop() {
    over_ = true;
    cancel_all();
  }
  cancelling_loop(const cancelling_loop&) = delete;
  cancelling_loop& operator=(const cancelling_loop&) = delete;

  // Returns how many tasks have noticed the cancellation.
  int cancel_all() {
    seen_ = 0;
    for (auto& w : waits_) w.emit(asio::cancellation_type::terminal);
    loop_.poll();
    return seen_;
  }

 private:
  runtime::task wait() {
    co_await asio::this_coro::throw_if_cancelled(false);
    runtime::timer never(loop_.get_executor(), runtime::timer::time_point::max());
    while (!over_) {
      const auto [ec] = co_await never.async_wait(quietly);
      if (ec == asio::error::operation_aborted) ++seen_;
      co_await asio::this_coro::reset_cancellation_state();  // otherwise it stays cancelled
    }
  }

  std::deque<asio::cancellation_signal> waits_;  // they cannot be moved
  asio::io_context loop_{BOOST_ASIO_CONCURRENCY_HINT_UNSAFE_IO};
  int seen_ = 0;
  bool over_ = false;
};

class cancelling_threads {
 public:
  explicit cancelling_threads(int n) : waits_(static_cast<std::size_t>(n)) {
    for (auto& w : waits_) threads_.emplace_back([this, &w] { wait(w); });
  }
  ~cancelling_threads() {
    over_ = true;
    cancel_all();
  }
  cancelling_threads(const cancelling_threads&) = delete;
  cancelling_threads& operator=(const cancelling_threads&) = delete;

  int cancel_all() {
    for (auto& w : waits_) {
      auto source = w.source;  // a copy: the thread replaces its own when it notices the stop
      source.request_stop();
    }
    for (std::size_t i = 0; i < waits_.size(); ++i) seen_.acquire();
    return static_cast<int>(waits_.size());
  }

 private:
  struct one {
    std::stop_source source;
    std::mutex mutex;
    std::condition_variable_any never;
  };

  void wait(one& w) {
    for (bool last = false; !last;) {
      {
        std::unique_lock lock(w.mutex);
        w.never.wait(lock, w.source.get_token(), [] { return false; });
      }
      w.source = std::stop_source();
      last = over_;
      seen_.release();
    }
  }

  std::deque<one> waits_;
  std::counting_semaphore<> seen_{0};
  std::atomic<bool> over_ = false;
  std::vector<std::jthread> threads_;  // last: uses the other members
};

template <class Waiting>
void way(benchmark::State& state) {
  const int n = items(state);
  if (!fits(state, {.threads = static_cast<std::uint64_t>(n)})) return;
  if (!same(state, cancelling_loop(n).cancel_all(), cancelling_threads(n).cancel_all())) return;
  Waiting all(n);
  timed(state, n, [&] { benchmark::DoNotOptimize(all.cancel_all()); });
}

}  // namespace

TVL_PRIMITIVE(cancel) {
  p.asyncio = "task.cancel()";
  p.row({.what = "1 of 1", .thread_way = "cancel/thread/stop_token/1", .loop_way = "cancel/loop/slot/1"});
  p.row({.what = "1000", .thread_way = "cancel/thread/stop_token/1000", .loop_way = "cancel/loop/slot/1000"});
  p.add("cancel/loop/slot", way<cancelling_loop>, {1, 100, 1000});
  p.add("cancel/thread/stop_token", way<cancelling_threads>, {1, 100, 1000});
}

}  // namespace tvl::primitives
