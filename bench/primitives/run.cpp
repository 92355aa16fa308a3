// asyncio.run(): starts an event loop, runs one coroutine to its end, ends the loop. The guide: "Get active event loop
// or create new one".
//
// Claim: a loop is cheap enough for a single call. The equivalent is a thread that runs one function and is joined.
// Boost.Asio's loop opens three descriptors (epoll, eventfd, timerfd); the plain one opens none.

#include "bench/primitives/support/primitive.hpp"
#include "bench/primitives/support/task.hpp"
#include "servers/runtime/asio_types.hpp"

#include <boost/asio/co_spawn.hpp>

#include <exception>
#include <optional>
#include <thread>

namespace tvl::primitives {
namespace {

using boost::asio::awaitable;

int answer() { return 42; }

awaitable<int, runtime::executor> hello_asio() { co_return answer(); }

template <bool opened>
int loop_asio() {
  boost::asio::io_context context(BOOST_ASIO_CONCURRENCY_HINT_UNSAFE_IO);
  std::optional<runtime::timer> timer;
  if (opened) timer.emplace(context);
  int result = 0;
  boost::asio::co_spawn(context.get_executor(), hello_asio(), [&](std::exception_ptr, int value) { result = value; });
  context.run();
  return result;
}

task<int> hello_queue() { co_return answer(); }

int loop_queue() {
  fifo_loop loop;
  return loop.run(hello_queue());
}

int thread_join() {
  int result = 0;
  std::thread thread([&] { result = answer(); });
  thread.join();
  return result;
}

template <int (*once)()>
void way(benchmark::State& state) {
  if (!same(state, once(), answer())) return;
  timed(state, 1, [] {
    auto result = once();
    benchmark::DoNotOptimize(result);
  });
}

TVL_PRIMITIVE(run) {
  p.asyncio = "asyncio.run()";
  p.row({.thread_way = "run/thread/join/1", .loop_way = "run/loop/asio_opened/1"});
  p.add("run/loop/asio", way<loop_asio<false>>);
  p.add("run/loop/asio_opened", way<loop_asio<true>>);
  p.add("run/loop/queue", way<loop_queue>);
  p.add("run/thread/join", way<thread_join>);
}

}  // namespace
}  // namespace tvl::primitives
