// asyncio.wait_for(): a wait with a timeout, as every server has for every client.
// Claim: on a loop any wait gets a timeout from outside, by waiting for the first of two operations. A thread needs a
// blocking call that has a timeout itself.
//
// in_time: another coroutine or thread signals the event before the timeout of an hour
// late:    no event; the timeout of 100 us ends the wait
// loop:   the wait || a timer (operators); the same without the coroutines of || (group)
// thread: a timed wait on a condition variable

#include "bench/primitives/support/limits.hpp"
#include "bench/primitives/support/primitive.hpp"
#include "servers/runtime/asio_types.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/experimental/channel.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <condition_variable>
#include <mutex>
#include <thread>

namespace tvl::primitives {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using boost::system::error_code;
constexpr auto quietly = asio::as_tuple(asio::deferred);
constexpr auto as_awaitable = asio::as_tuple(asio::use_awaitable_t<runtime::executor>());

// An event that is signalled once per wait.
using channel = asio::experimental::channel<runtime::executor, void(error_code)>;

// True = signalled in time.
struct by_operators {
  static asio::awaitable<bool, runtime::executor> wait(channel& what, runtime::timer& limit) {
    using namespace asio::experimental::awaitable_operators;
    const auto first = co_await (what.async_receive(as_awaitable) || limit.async_wait(as_awaitable));
    co_return first.index() == 0;
  }
};
struct by_group {
  static asio::awaitable<bool, runtime::executor> wait(channel& what, runtime::timer& limit) {
    const auto [order, received, timed_out] = co_await asio::experimental::make_parallel_group(
                                                  what.async_receive(asio::deferred), limit.async_wait(asio::deferred))
                                                  .async_wait(asio::experimental::wait_for_one(), asio::deferred);
    co_return order[0] == 0;
  }
};

// Requests the event and waits for it; returns how often it came in time.
template <class Wait>
runtime::task ask(channel* asked, channel& answered, runtime::timer::duration limit, int n, int& in_time) {
  runtime::timer timer(answered.get_executor());
  for (int i = 0; i < n; ++i) {
    if (asked) asked->try_send(error_code());
    timer.expires_after(limit);
    in_time += co_await Wait::wait(answered, timer);
  }
}

runtime::task answer(channel& asked, channel& answered, int n) {
  for (int i = 0; i < n; ++i) {
    co_await asked.async_receive(quietly);
    answered.try_send(error_code());
  }
}

template <class Wait>
int loop_in_time(int n) {
  asio::io_context loop(BOOST_ASIO_CONCURRENCY_HINT_UNSAFE_IO);
  channel asked(loop.get_executor(), 1), answered(loop.get_executor(), 1);
  int in_time = 0;
  asio::co_spawn(loop, answer(asked, answered, n), asio::detached);
  asio::co_spawn(loop, ask<Wait>(&asked, answered, 1h, n, in_time), asio::detached);
  loop.run();
  return in_time;
}

template <class Wait>
int loop_late(int n) {
  asio::io_context loop(BOOST_ASIO_CONCURRENCY_HINT_UNSAFE_IO);
  channel nothing(loop.get_executor(), 1);
  int in_time = 0;
  asio::co_spawn(loop, ask<Wait>(nullptr, nothing, 100us, n, in_time), asio::detached);
  loop.run();
  return in_time;
}

// The thread counterpart of the channel.
class event {
 public:
  void set() {
    {
      const std::lock_guard lock(mutex_);
      set_ = true;
    }
    came_.notify_one();
  }
  bool wait_for(std::chrono::nanoseconds limit) {
    std::unique_lock lock(mutex_);
    const bool came = came_.wait_for(lock, limit, [this] { return set_; });
    set_ = false;
    return came;
  }

 private:
  std::mutex mutex_;
  std::condition_variable came_;
  bool set_ = false;
};

int thread_in_time(int n) {
  event asked, answered;
  const std::jthread answerer([&] {
    for (int i = 0; i < n; ++i) {
      asked.wait_for(1h);
      answered.set();
    }
  });
  int in_time = 0;
  for (int i = 0; i < n; ++i) {
    asked.set();
    in_time += answered.wait_for(1h);
  }
  return in_time;
}

int thread_late(int n) {
  event nothing;
  int in_time = 0;
  for (int i = 0; i < n; ++i) in_time += nothing.wait_for(100us);
  return in_time;
}

template <int (*Loop)(int), int (*Thread)(int), int (*Way)(int)>
void way(benchmark::State& state) {
  const int n = items(state);
  if (!fits(state, {.threads = 1}) || !same(state, Loop(n), Thread(n))) return;
  timed(state, n, [n] { benchmark::DoNotOptimize(Way(n)); });
}

template <class Wait, int (*Way)(int)>
constexpr auto in_time = way<loop_in_time<Wait>, thread_in_time, Way>;
template <class Wait, int (*Way)(int)>
constexpr auto late = way<loop_late<Wait>, thread_late, Way>;

}  // namespace

TVL_PRIMITIVE(wait_for) {
  p.asyncio = "asyncio.wait_for()";
  p.row({.what = "in time",
         .thread_way = "wait_for/thread/in_time/1000",
         .loop_way = "wait_for/loop/in_time_operators/1000"});
  p.row({.what = "too late: CPU",
         .thread_way = "wait_for/thread/late/100",
         .loop_way = "wait_for/loop/late_operators/100",
         .counter = "cpu_ns_per_item"});
  p.add("wait_for/loop/in_time_operators", in_time<by_operators, loop_in_time<by_operators>>, {1000});
  p.add("wait_for/loop/in_time_group", in_time<by_group, loop_in_time<by_group>>, {1000});
  p.add("wait_for/thread/in_time", in_time<by_operators, thread_in_time>, {1000});
  p.add("wait_for/loop/late_operators", late<by_operators, loop_late<by_operators>>, {100});
  p.add("wait_for/loop/late_group", late<by_group, loop_late<by_group>>, {100});
  p.add("wait_for/thread/late", late<by_operators, thread_late>, {100});
}

}  // namespace tvl::primitives
