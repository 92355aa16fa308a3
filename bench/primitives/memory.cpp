// "Processes are expensive on RAM", threads too; a task is an object. Measures the memory per sleeping task.
// Claim: a million waiting tasks fit where ten thousand threads do.
//
// loop:   coroutines on an Asio timer as the servers use it, and on the plain loop of task.hpp
// thread: threads in sleep_for(), with a stack of 64 KiB and of 8 MiB (the default), mostly untouched
//
// Each of four sizes up to N is measured in its own process; the counters are slopes over the sizes, in bytes per item:
// heap_bytes, rss_bytes, kernel_bytes (footprint.hpp), and bytes_per_item = rss_bytes + kernel_bytes.

#include "bench/primitives/support/footprint.hpp"
#include "bench/primitives/support/limits.hpp"
#include "bench/primitives/support/primitive.hpp"
#include "bench/primitives/support/task.hpp"
#include "servers/runtime/asio_types.hpp"
#include "servers/runtime/thread.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/detached.hpp>

#include <atomic>
#include <functional>
#include <thread>
#include <vector>

namespace tvl::primitives {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using report_sleepers = std::function<void(std::int64_t)>;  // called with their number while they sleep

// The ways: n items that sleep longer than the measurement takes.

runtime::task sleep_asio(int& sleepers) {
  runtime::timer timer(co_await asio::this_coro::executor, 1h);
  ++sleepers;
  co_await timer.async_wait(asio::as_tuple(asio::deferred));
  --sleepers;
}

void on_asio(int n, const report_sleepers& report_them) {
  asio::io_context loop(BOOST_ASIO_CONCURRENCY_HINT_UNSAFE_IO);
  int sleepers = 0;
  for (int i = 0; i < n; ++i) asio::co_spawn(loop, sleep_asio(sleepers), asio::detached);
  loop.poll();
  report_them(sleepers);
}

task<> sleep_plain(fifo_loop& loop, int& sleepers) {
  ++sleepers;
  co_await loop.sleep_until(fifo_loop::clock::now() + 1h);
  --sleepers;
}

task<> spawn_plain(fifo_loop& loop, int n, const report_sleepers& report_them) {
  int sleepers = 0;
  std::vector<task<>> all;
  all.reserve(static_cast<std::size_t>(n));
  for (int i = 0; i < n; ++i) all.push_back(loop.spawn(sleep_plain(loop, sleepers)));
  co_await loop.yield();
  report_them(sleepers);
}

void on_queue(int n, const report_sleepers& report_them) {
  fifo_loop loop;
  loop.run(spawn_plain(loop, n, report_them));
}

template <std::size_t Stack>
void in_threads(int n, const report_sleepers& report_them) {
  std::atomic<int> sleepers = 0;
  const runtime::thread_group all(n, Stack, [&] {
    ++sleepers;
    std::this_thread::sleep_for(1h);
    --sleepers;
  });
  while (sleepers < n) std::this_thread::sleep_for(1ms);
  report_them(sleepers);
}

template <void (*Sleep)(int, const report_sleepers&), resources Each>
void measure(benchmark::State& state) {
  const int n = items(state);
  const auto number = static_cast<std::uint64_t>(n);
  if (!fits(state, {.threads = number * Each.threads, .bytes = number * Each.bytes})) return;
  constexpr int sizes = 4;
  std::vector<footprint> taken;
  const auto before = usage::now();
  for (auto _ : state) {
    taken.clear();
    for (int i = 1; i <= sizes; ++i) {
      const int size = n / sizes * i;
      const auto one = taken_in_a_child([size](const report_sleepers& report_them) { Sleep(size, report_them); });
      if (!one) return state.SkipWithError("the measured process failed");
      if (!same(state, one->items, std::int64_t{size})) return;
      taken.push_back(*one);
    }
  }
  report(state, before, n / sizes * (1 + 2 + 3 + 4));
  const double resident = slope(taken, &footprint::resident), kernel = slope(taken, &footprint::kernel);
  state.counters["heap_bytes"] = slope(taken, &footprint::heap);
  state.counters["rss_bytes"] = resident;
  state.counters["kernel_bytes"] = kernel;
  state.counters["bytes_per_item"] = resident + kernel;
}

}  // namespace

TVL_PRIMITIVE(memory) {
  constexpr resources task{.bytes = 1500}, thread{.threads = 1, .bytes = 50'000};
  p.asyncio = "a task that waits";
  p.steady = true;
  p.row({.what = "asio",
         .thread_way = "memory/thread/stack_64_KiB/10000",
         .loop_way = "memory/loop/asio/1000000",
         .counter = "bytes_per_item"});
  p.row({.what = "hand-written loop",
         .thread_way = "memory/thread/stack_64_KiB/10000",
         .loop_way = "memory/loop/queue/1000000",
         .counter = "bytes_per_item"});
  p.add("memory/loop/asio", measure<on_asio, task>, {1000, 1'000'000});
  p.add("memory/loop/queue", measure<on_queue, task>, {1000, 1'000'000});
  p.add("memory/thread/stack_64_KiB", measure<in_threads<64u << 10>, thread>, {1000, 10'000});
  p.add("memory/thread/stack_8_MiB", measure<in_threads<8u << 20>, thread>, {1000, 10'000});
}

}  // namespace tvl::primitives
