// loop.call_later(), loop.call_at(): "arrange to call on a delay", "arrange function to be called at specified time",
// and the handle's cancel(). Every request with a timeout schedules a call and cancels it.
// Claim: a loop keeps very many calls pending without a thread.
//
// loop:   one Asio timer per call, in the loop's heap
// thread: one thread for all calls, which waits on a condition variable for the earliest in its heap
//
// N calls are always pending, far in the future. fire: schedules calls that are due at once and waits for them. cancel:
// schedules and cancels calls. The plain loop of task.hpp has timers too, but they cannot be cancelled.

#include "bench/primitives/support/limits.hpp"
#include "bench/primitives/support/primitive.hpp"
#include "bench/primitives/support/timer_thread.hpp"
#include "servers/runtime/asio_types.hpp"

#include <random>
#include <semaphore>
#include <utility>
#include <vector>

namespace tvl::primitives {
namespace {

using clock = std::chrono::steady_clock;
constexpr int batch = 1000;

// Random times from an hour on.
class far_times {
 public:
  clock::time_point next() { return from_ + std::chrono::milliseconds(random_() & 0xfffff); }

 private:
  clock::time_point from_ = clock::now() + std::chrono::hours(1);
  std::minstd_rand random_;  // fixed seed
};

// Depends on the order of the calls.
struct order {
  std::uint64_t hash = 0;
  int calls = 0;
  void called(int which) {
    hash = hash * 31 + static_cast<std::uint64_t>(which);
    ++calls;
  }
};

class calling_loop {
 public:
  explicit calling_loop(int pending) {
    pending_.reserve(static_cast<std::size_t>(pending));
    for (int i = 0; i < pending; ++i) call_at(pending_, times_.next(), [](boost::system::error_code) {});
  }

  std::uint64_t fire() {
    order made;
    std::vector<runtime::timer> timers;
    timers.reserve(batch);
    const auto now = clock::now();
    for (int i = 0; i < batch; ++i) {
      call_at(timers, now + std::chrono::nanoseconds(i), [&, i](boost::system::error_code) {
        made.called(i);
        if (made.calls == batch) loop_.stop();
      });
    }
    loop_.restart();
    loop_.run();
    return made.hash;
  }

  // Returns the number of cancelled calls.
  std::uint64_t cancel() {
    std::uint64_t cancelled = 0;
    std::vector<runtime::timer> timers;
    timers.reserve(batch);
    for (int i = 0; i < batch; ++i)
      call_at(timers, times_.next(),
              [&](boost::system::error_code ec) { cancelled += ec == boost::asio::error::operation_aborted; });
    for (auto& t : timers) t.cancel();
    loop_.restart();
    loop_.poll();  // runs the handlers of cancelled timers
    return cancelled;
  }

 private:
  template <class F>
  void call_at(std::vector<runtime::timer>& timers, clock::time_point due, F f) {
    timers.emplace_back(loop_.get_executor(), due).async_wait(std::move(f));
  }

  boost::asio::io_context loop_{BOOST_ASIO_CONCURRENCY_HINT_UNSAFE_IO};
  far_times times_;
  std::vector<runtime::timer> pending_;
};

class calling_thread {
 public:
  explicit calling_thread(int pending) {
    for (int i = 0; i < pending; ++i) thread_.call_at(times_.next(), [] {});
  }

  std::uint64_t fire() {
    order made;
    std::binary_semaphore all{0};
    const auto now = clock::now();
    const auto call = [&](int i) {
      made.called(i);
      if (made.calls == batch) all.release();
    };
    for (int i = 0; i < batch; ++i) thread_.call_at(now + std::chrono::nanoseconds(i), [&call, i] { call(i); });
    all.acquire();
    return made.hash;
  }

  std::uint64_t cancel() {
    std::uint64_t cancelled = 0;
    std::vector<timer_thread::handle> handles;
    handles.reserve(batch);
    for (int i = 0; i < batch; ++i) handles.push_back(thread_.call_at(times_.next(), [] {}));
    for (const auto& h : handles) cancelled += thread_.cancel(h);
    return cancelled;
  }

 private:
  far_times times_;
  timer_thread thread_;
};

template <class Calls, std::uint64_t (Calls::*Job)()>
void way(benchmark::State& state) {
  constexpr std::uint64_t bytes = 300;  // upper bound for a pending call
  const int pending = items(state);
  if (!fits(state, {.threads = 1, .descriptors = 3, .bytes = bytes * static_cast<std::uint64_t>(pending)})) return;
  if (!same(state, calling_loop(1).fire(), calling_thread(1).fire())) return;
  if (!same(state, calling_loop(1).cancel(), calling_thread(1).cancel())) return;
  Calls calls(pending);
  timed(state, batch, [&] { benchmark::DoNotOptimize((calls.*Job)()); });
}

}  // namespace

TVL_PRIMITIVE(call_later) {
  p.asyncio = "loop.call_later(), loop.call_at()";
  p.row({.what = "call, 1000 pending",
         .thread_way = "call_later/thread/fire/1000",
         .loop_way = "call_later/loop/fire/1000"});
  p.row({.what = "cancel, 1000 pending",
         .thread_way = "call_later/thread/cancel/1000",
         .loop_way = "call_later/loop/cancel/1000"});
  const std::vector<std::int64_t> pending = {10, 1000, 100'000, 1'000'000};
  p.add("call_later/loop/fire", way<calling_loop, &calling_loop::fire>, pending);
  p.add("call_later/loop/cancel", way<calling_loop, &calling_loop::cancel>, pending);
  p.add("call_later/thread/fire", way<calling_thread, &calling_thread::fire>, pending);
  p.add("call_later/thread/cancel", way<calling_thread, &calling_thread::cancel>, pending);
}

}  // namespace tvl::primitives
