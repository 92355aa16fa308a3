// asyncio.Queue: the producer waits while it is full, the consumer while it is empty.
// Claim: handing an item to another coroutine is cheap, because the kernel does not have to wake a thread.
//
// loop:   an Asio channel between two coroutines, awaited only when it is full or empty
// thread: a queue with a mutex and two condition variables between two threads, as in the servers' pool

#include "bench/primitives/support/limits.hpp"
#include "bench/primitives/support/primitive.hpp"
#include "servers/runtime/asio_types.hpp"
#include "servers/runtime/bounded_queue.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/experimental/channel.hpp>

#include <cstddef>
#include <thread>

namespace tvl::primitives {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using channel = asio::experimental::channel<runtime::executor, void(error_code, int)>;
constexpr auto quietly = asio::as_tuple(asio::deferred);

runtime::task produce(channel& to, int n) {
  for (int i = 1; i <= n; ++i) {
    const bool sent = to.try_send(error_code(), i);
    if (!sent) co_await to.async_send(error_code(), i, quietly);
  }
}

runtime::task consume(channel& from, int n, std::int64_t& sum) {
  for (int i = 0; i < n; ++i) {
    int item = 0;
    if (!from.try_receive([&](error_code, int received) { item = received; })) {
      const auto [ec, received] = co_await from.async_receive(quietly);
      item = received;
    }
    sum += item;
  }
}

std::int64_t through_channel(std::size_t places, int n) {
  asio::io_context loop(BOOST_ASIO_CONCURRENCY_HINT_UNSAFE_IO);
  channel between(loop.get_executor(), places);
  std::int64_t sum = 0;
  asio::co_spawn(loop, consume(between, n, sum), asio::detached);
  asio::co_spawn(loop, produce(between, n), asio::detached);
  loop.run();
  return sum;
}

std::int64_t through_bounded_queue(std::size_t places, int n) {
  runtime::bounded_queue<int> between(places);
  const std::jthread producer([&between, n] {
    for (int i = 1; i <= n; ++i) between.push(i);
    between.close();
  });
  std::int64_t sum = 0;
  while (const auto item = between.pop()) sum += *item;
  return sum;
}

template <auto Way, std::size_t Places>
void way(benchmark::State& state) {
  const int n = items(state);
  if (!fits(state, {.threads = 1}) || !same(state, through_channel(Places, n), through_bounded_queue(Places, n)))
    return;
  timed(state, n, [n] { benchmark::DoNotOptimize(Way(Places, n)); });
}

}  // namespace

TVL_PRIMITIVE(queue) {
  p.asyncio = "asyncio.Queue";
  p.row({.what = "1 place", .thread_way = "queue/thread/places_1/10000", .loop_way = "queue/loop/places_1/10000"});
  p.row({.what = "1024 places",
         .thread_way = "queue/thread/places_1024/10000",
         .loop_way = "queue/loop/places_1024/10000"});
  p.add("queue/loop/places_1", way<through_channel, 1>, {10'000});
  p.add("queue/loop/places_1024", way<through_channel, 1024>, {10'000});
  p.add("queue/thread/places_1", way<through_bounded_queue, 1>, {10'000});
  p.add("queue/thread/places_1024", way<through_bounded_queue, 1024>, {10'000});
}

}  // namespace tvl::primitives
