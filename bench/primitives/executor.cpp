// loop.run_in_executor(): a pool thread runs blocking or computing code while the loop continues.
// Claim: "It's worse to have non-async code than to use thread executors." The cost is two handovers between threads; a
// program that already has a thread for the job does not need them.
//
// loop:   a coroutine hops to the pool and back: with CPU work, with a blocking call; without work it is the hop alone,
//         which no thread has to do, so nothing is compared with it
// thread: calls the same function; several at once have a thread each

#include "bench/primitives/support/limits.hpp"
#include "bench/primitives/support/primitive.hpp"
#include "bench/primitives/support/run_in.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <atomic>
#include <thread>
#include <vector>

namespace tvl::primitives {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using job = std::uint64_t (*)();

constexpr unsigned pool_threads = 16;

std::uint64_t nothing() { return 1; }

// About 20 us of CPU work: a dependency chain that the compiler cannot shorten.
std::uint64_t compute() {
  std::uint64_t x = 88172645463325252u;
  for (int i = 0; i < 10'000; ++i) {
    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
  }
  return x;
}

std::uint64_t block() {
  std::this_thread::sleep_for(1ms);
  return 2;
}

runtime::task offload(asio::thread_pool& pool, job what, std::uint64_t& sum) { sum += co_await run_in(pool, what); }

class offloading_loop {
 public:
  // n concurrently.
  std::uint64_t run(job what, int n) {
    std::uint64_t sum = 0;
    for (int i = 0; i < n; ++i) asio::co_spawn(loop_, offload(pool_, what, sum), asio::detached);
    loop_.restart();
    loop_.run();
    return sum;
  }

 private:
  asio::io_context loop_{BOOST_ASIO_CONCURRENCY_HINT_UNSAFE_IO};
  asio::thread_pool pool_{pool_threads};
};

std::uint64_t call(job what, int n) {
  if (n == 1) return what();
  std::atomic<std::uint64_t> sum = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < n; ++i) threads.emplace_back([&sum, what] { sum += what(); });
  }
  return sum;
}

template <job What>
void loop_way(benchmark::State& state) {
  const int n = items(state);
  if (!fits(state, {.threads = pool_threads})) return;
  offloading_loop loop;
  if (!same(state, loop.run(What, n), call(What, n))) return;
  timed(state, n, [&] { benchmark::DoNotOptimize(loop.run(What, n)); });
}

template <job What>
void thread_way(benchmark::State& state) {
  const int n = items(state);
  if (!fits(state, {.threads = pool_threads}) || !same(state, offloading_loop().run(What, n), call(What, n))) return;
  timed(state, n, [n] { benchmark::DoNotOptimize(call(What, n)); });
}

}  // namespace

TVL_PRIMITIVE(executor) {
  p.asyncio = "loop.run_in_executor()";
  p.row({.what = "20 us of CPU", .thread_way = "executor/thread/cpu/1", .loop_way = "executor/loop/cpu/1"});
  p.row({.what = "16 that block 1 ms",
         .thread_way = "executor/thread/blocking/16",
         .loop_way = "executor/loop/blocking/16"});
  p.add("executor/loop/hop", loop_way<nothing>);
  p.add("executor/loop/cpu", loop_way<compute>);
  p.add("executor/loop/blocking", loop_way<block>, {1, pool_threads});
  p.add("executor/thread/cpu", thread_way<compute>);
  p.add("executor/thread/blocking", thread_way<block>, {1, pool_threads});
}

}  // namespace tvl::primitives
