// async for, async def with yield: a coroutine yields values one by one and may wait in between.
// Claim: "give up execution on every iteration of the loop" costs next to nothing.
//
// loop:   the generator of the servers' streams; every value passes the loop's queue, so that other tasks get their
//         turn. servers/waits/awaiting/generator.hpp says why it is not Asio's experimental::coro.
// thread: a blocking iterator on a queue that another thread fills: in lockstep (one place), and ahead

#include "servers/waits/awaiting/generator.hpp"

#include "bench/primitives/support/limits.hpp"
#include "bench/primitives/support/primitive.hpp"
#include "servers/runtime/bounded_queue.hpp"

#include <boost/asio/deferred.hpp>
#include <boost/asio/detached.hpp>

#include <cstddef>
#include <optional>
#include <thread>

namespace tvl::primitives {
namespace {

namespace asio = boost::asio;

waits::awaiting::generator<int> numbers(runtime::executor, int n) {
  for (int i = 1; i <= n; ++i) co_yield i;
}

runtime::task add_up(waits::awaiting::generator<int> from, std::int64_t& sum) {
  for (;;) {
    const auto next = co_await from.next(asio::deferred);
    if (!next) break;
    sum += *next;
  }
}

std::int64_t sum_awaiting(int n) {
  asio::io_context loop(BOOST_ASIO_CONCURRENCY_HINT_UNSAFE_IO);
  std::int64_t sum = 0;
  asio::co_spawn(loop, add_up(numbers(loop.get_executor(), n), sum), asio::detached);
  loop.run();
  return sum;
}

// Yields 1 to n; next() waits for the producing thread, which is at most `places` ahead.
class blocking_numbers {
 public:
  blocking_numbers(std::size_t places, int n) : ready_(places), feeder_([this, n] { feed(n); }) {}
  std::optional<int> next() { return ready_.pop(); }

 private:
  void feed(int n) {
    for (int i = 1; i <= n; ++i) ready_.push(i);
    ready_.close();
  }

  runtime::bounded_queue<int> ready_;
  std::jthread feeder_;
};

template <std::size_t Places>
std::int64_t sum_blocking(int n) {
  blocking_numbers from(Places, n);
  std::int64_t sum = 0;
  while (const auto next = from.next()) sum += *next;
  return sum;
}

template <std::int64_t (*Way)(int)>
void way(benchmark::State& state) {
  const int n = items(state);
  if (!fits(state, {.threads = 1}) || !same(state, sum_awaiting(n), sum_blocking<1>(n))) return;
  timed(state, n, [n] { benchmark::DoNotOptimize(Way(n)); });
}

}  // namespace

TVL_PRIMITIVE(generator) {
  p.asyncio = "async for, yield";
  p.row({.thread_way = "generator/thread/in_step/10000", .loop_way = "generator/loop/asio/10000"});
  p.add("generator/loop/asio", way<sum_awaiting>, {10'000});
  p.add("generator/thread/in_step", way<sum_blocking<1>>, {10'000});
  p.add("generator/thread/ahead_1024", way<sum_blocking<1024>>, {10'000});
}

}  // namespace tvl::primitives
