// time.sleep(), requests.get() in a coroutine: "Anywhere in your application server that is not [asyncio-aware] WILL
// BLOCK all other connections". Claim: a blocking call delays everything else on its loop for its whole duration; in an
// executor it delays nothing; a thread delays only itself. Here threads win.
//
// A heartbeat runs every millisecond while one call blocks for 50 ms. lag_* is the delay of the beats in that time.
// loop:   heartbeat and call are coroutines on one loop; in place: it blocks; offloaded: it awaits an executor
// thread: heartbeat and call have a thread each

#include "bench/primitives/support/limits.hpp"
#include "bench/primitives/support/primitive.hpp"
#include "bench/primitives/support/run_in.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <thread>
#include <vector>

namespace tvl::primitives {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;
using lags = std::vector<std::chrono::nanoseconds>;
constexpr auto quietly = asio::as_tuple(asio::deferred);

// Timed by the clock, so that the same beats always fall into the call.
struct schedule {
  static constexpr int first = 5, last = 54;  // beats during the call
  clock::time_point begin = clock::now();
  clock::time_point beat(int i) const { return begin + i * 1ms; }
  clock::time_point call_begins() const { return beat(first) - 500us; }
  clock::time_point call_ends() const { return beat(last) + 500us; }
};

int blocking_call(const schedule& s) {
  std::this_thread::sleep_until(s.call_ends());
  return 1;
}

runtime::task beat(const schedule& s, lags& all) {
  runtime::timer timer(co_await asio::this_coro::executor);
  for (int i = 0; i <= s.last; ++i) {
    timer.expires_at(s.beat(i));
    co_await timer.async_wait(quietly);
    if (i >= s.first) all.push_back(clock::now() - s.beat(i));
  }
}

// `pool`: null = in place.
runtime::task call(const schedule& s, asio::thread_pool* pool) {
  runtime::timer timer(co_await asio::this_coro::executor, s.call_begins());
  co_await timer.async_wait(quietly);
  if (pool)
    co_await run_in(*pool, [&s] { return blocking_call(s); });
  else
    blocking_call(s);
}

void on_loop(asio::thread_pool* pool, lags& all) {
  asio::io_context loop(BOOST_ASIO_CONCURRENCY_HINT_UNSAFE_IO);
  const schedule s;
  asio::co_spawn(loop, beat(s, all), asio::detached);
  asio::co_spawn(loop, call(s, pool), asio::detached);
  loop.run();
}

void in_place(lags& all) { on_loop(nullptr, all); }

void offloaded(lags& all) {
  static asio::thread_pool pool(1);
  on_loop(&pool, all);
}

void threads(lags& all) {
  const schedule s;
  const std::jthread caller([&s] {
    std::this_thread::sleep_until(s.call_begins());
    blocking_call(s);
  });
  for (int i = 0; i <= s.last; ++i) {
    std::this_thread::sleep_until(s.beat(i));
    if (i >= s.first) all.push_back(clock::now() - s.beat(i));
  }
}

std::size_t beats_of(void (*way)(lags&)) {
  lags all;
  way(all);
  return all.size();
}

template <void (*Way)(lags&)>
void way(benchmark::State& state) {
  if (!fits(state, {.threads = 1}) || !same(state, beats_of(Way), beats_of(threads))) return;
  lags all;
  timed(state, schedule::last + 1, [&] { Way(all); });
  report_distribution(state, "lag", std::move(all));
}

}  // namespace

TVL_PRIMITIVE(blocking_call) {
  p.asyncio = "requests instead of aiohttp";
  const std::string threads_row = "blocking_call/thread/own_thread/1";
  p.row({.what = "lag of the others, in place",
         .thread_way = threads_row,
         .loop_way = "blocking_call/loop/in_place/1",
         .counter = "lag_p50_us"});
  p.row({.what = "lag of the others, offloaded",
         .thread_way = threads_row,
         .loop_way = "blocking_call/loop/offloaded/1",
         .counter = "lag_p50_us"});
  p.add("blocking_call/loop/in_place", way<in_place>);
  p.add("blocking_call/loop/offloaded", way<offloaded>);
  p.add("blocking_call/thread/own_thread", way<threads>);
}

}  // namespace tvl::primitives
