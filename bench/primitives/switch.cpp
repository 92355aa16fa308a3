// "Limiting factor is maxed out CPU, not costly thread switching between requests": the cost of a switch.
//
// Claim: a switch between coroutines is a function call (inline: symmetric transfer) or a function call and a queue
// entry (yield, like asyncio.sleep(0)). Threads pass a turn around a ring and the kernel switches: on one core that is
// a context switch, on two it wakes a core. The pair to compare is the cheapest of each: through the loop, and a futex
// on one core.

#include "bench/primitives/support/primitive.hpp"
#include "bench/primitives/support/ring.hpp"
#include "bench/primitives/support/task.hpp"
#include "servers/runtime/asio_types.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>

#include <vector>

namespace tvl::primitives {
namespace {

namespace asio = boost::asio;

struct hand_over {
  std::coroutine_handle<> to;
  bool await_ready() const { return false; }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<>) const { return to; }
  void await_resume() const {}
};

struct looping {
  struct promise_type {
    looping get_return_object() { return {std::coroutine_handle<promise_type>::from_promise(*this)}; }
    std::suspend_always initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() { std::terminate(); }
  };
  std::coroutine_handle<> handle;
};

looping in_ring(turns& t, int me, const std::coroutine_handle<>& next) {
  for (int lap = 0; lap < t.laps; ++lap) {
    t.taken_by(me);
    co_await hand_over{next};
  }
}

std::uint64_t loop_inline(int n, int laps) {
  turns t{laps};
  std::vector<std::coroutine_handle<>> all(static_cast<std::size_t>(n));
  for (std::size_t i = 0; i < all.size(); ++i)
    all[i] = in_ring(t, static_cast<int>(i), all[(i + 1) % all.size()]).handle;
  all.front().resume();  // returns when the first one ends, after the last lap
  for (auto one : all) one.destroy();
  return t.history;
}

task<> in_queue(fifo_loop& loop, turns& t, int me) {
  for (int lap = 0; lap < t.laps; ++lap) {
    t.taken_by(me);
    co_await loop.yield();
  }
}

task<> all_in_queue(fifo_loop& loop, turns& t, int n) {
  std::vector<task<>> tasks;
  for (int i = 0; i < n; ++i) tasks.push_back(loop.spawn(in_queue(loop, t, i)));
  for (auto& one : tasks) co_await one;
}

std::uint64_t loop_queue(int n, int laps) {
  turns t{laps};
  fifo_loop loop;
  loop.run(all_in_queue(loop, t, n));
  return t.history;
}

runtime::task in_asio(runtime::executor executor, turns& t, int me) {
  for (int lap = 0; lap < t.laps; ++lap) {
    t.taken_by(me);
    co_await asio::post(executor, asio::deferred);
  }
}

std::uint64_t loop_asio(int n, int laps) {
  turns t{laps};
  asio::io_context context(BOOST_ASIO_CONCURRENCY_HINT_UNSAFE_IO);
  for (int i = 0; i < n; ++i) asio::co_spawn(context, in_asio(context.get_executor(), t, i), asio::detached);
  context.run();
  return t.history;
}

// This thread takes part; the other threads start before the measurement.
template <class Gate>
void thread_ring(benchmark::State& state, unsigned cores) {
  const pinned here(state, cores);
  if (!here) return;
  const int n = items(state), few = 10, laps = (quick() ? 400 : 4000) / n;
  ring<Gate> threads(n, here.cores());
  if (!same(state, loop_queue(n, few), threads.go_round(few))) return;
  timed(state, n * laps, [&] { threads.go_round(laps); });
}

template <std::uint64_t (*go_round)(int n, int laps)>
void loop(benchmark::State& state) {
  const int n = items(state), few = 10, laps = (quick() ? 2000 : 200'000) / n;
  if (!same(state, go_round(n, few), loop_queue(n, few))) return;
  timed(state, n * laps, [&] {
    auto history = go_round(n, laps);
    benchmark::DoNotOptimize(history);
  });
}

template <class Gate>
void add_rings(primitive& p, const std::string& gate, const std::vector<std::int64_t>& ns) {
  p.add(
      "switch/thread/" + gate + "_one_core", [](auto& state) { thread_ring<Gate>(state, 1); }, ns);
  p.add(
      "switch/thread/" + gate + "_two_cores", [](auto& state) { thread_ring<Gate>(state, 2); }, ns);
}

TVL_PRIMITIVE(switch) {
  p.asyncio = "await (a switch)";
  p.row({.what = "asio, one core", .thread_way = "switch/thread/futex_one_core/2", .loop_way = "switch/loop/asio/2"});
  p.row({.what = "plain loop, one core",
         .thread_way = "switch/thread/futex_one_core/2",
         .loop_way = "switch/loop/queue/2"});
  const std::vector<std::int64_t> ns = {2, 8, 64};
  p.add("switch/loop/inline", loop<loop_inline>, ns);
  p.add("switch/loop/queue", loop<loop_queue>, ns);
  p.add("switch/loop/asio", loop<loop_asio>, ns);
  add_rings<condition_variable_gate>(p, "condition_variable", ns);
  add_rings<futex_gate>(p, "futex", ns);
  add_rings<pipe_gate>(p, "pipe", ns);
}

}  // namespace
}  // namespace tvl::primitives
