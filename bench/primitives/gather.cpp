// asyncio.gather(): runs several awaitables concurrently, results in their order, "the illusion of multiprocessing".
// The first error is passed to the caller; here it also cancels the rest, like a TaskGroup.
//
// Claim: concurrent tasks need no thread each. The loop uses Asio's parallel_group; threads use a future each
// (std::async) and a stop_token that every wait must observe.

#include "bench/primitives/support/limits.hpp"
#include "bench/primitives/support/primitive.hpp"
#include "servers/runtime/asio_types.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/post.hpp>

#include <condition_variable>
#include <future>
#include <mutex>
#include <numeric>
#include <stdexcept>
#include <stop_token>
#include <vector>

namespace tvl::primitives {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using awaitable_int = asio::awaitable<int, runtime::executor>;

struct refused : std::exception {};

// Either the results in order, or an error and the number of cancelled tasks.
struct gathered {
  std::vector<int> results;
  int errors = 0;
  int cancelled = 0;
  bool operator==(const gathered&) const = default;
};

// All tasks succeed, or the middle one fails while the rest wait for ever.
enum class story { succeed, fail };
bool fails(story s, int i, int n) { return s == story::fail && i == n / 2; }

awaitable_int child(runtime::executor executor, story s, int i, int n, int& cancelled) {
  if (s == story::succeed || fails(s, i, n)) {
    co_await asio::post(executor, asio::deferred);
    if (fails(s, i, n)) throw refused();
    co_return i;
  }
  runtime::timer never(executor, runtime::timer::time_point::max());
  const auto [error] = co_await never.async_wait(asio::as_tuple(asio::deferred));
  cancelled += error == asio::error::operation_aborted;
  co_return i;
}

gathered loop_group(story s, int n) {
  asio::io_context context(BOOST_ASIO_CONCURRENCY_HINT_UNSAFE_IO);
  const auto executor = context.get_executor();
  gathered g;
  const auto start = [&](int i) {
    return asio::co_spawn(executor, child(executor, s, i, n, g.cancelled), asio::deferred);
  };
  std::vector<decltype(start(0))> operations;
  for (int i = 0; i < n; ++i) operations.push_back(start(i));
  asio::experimental::make_parallel_group(std::move(operations))
      .async_wait(asio::experimental::wait_for_one_error(),
                  [&](const std::vector<std::size_t>&, const std::vector<std::exception_ptr>& errors,
                      std::vector<int> results) {
                    for (const auto& error : errors) g.errors += error != nullptr;
                    if (g.errors == 0) g.results = std::move(results);
                  });
  context.run();
  return g;
}

// A thread's wait that ends only when it is stopped.
struct meeting_point {
  std::mutex mutex;
  std::condition_variable_any changed;
  std::stop_source others;
  int cancelled = 0;

  void wait_for_ever() {
    std::unique_lock lock(mutex);
    changed.wait(lock, others.get_token(), [] { return false; });
    ++cancelled;
  }
};

int thread_child(story s, int i, int n, meeting_point& m) {
  if (fails(s, i, n)) {
    m.others.request_stop();
    throw refused();
  }
  if (s == story::fail) m.wait_for_ever();
  return i;
}

gathered thread_async(story s, int n) {
  meeting_point m;
  std::vector<std::future<int>> futures;
  for (int i = 0; i < n; ++i)
    futures.push_back(std::async(std::launch::async, [s, i, n, &m] { return thread_child(s, i, n, m); }));
  gathered g;
  for (auto& future : futures) {
    try {
      g.results.push_back(future.get());
    } catch (const refused&) {
      ++g.errors;
    }
  }
  g.cancelled = m.cancelled;
  if (g.errors > 0) g.results.clear();
  return g;
}

template <gathered (*once)(story, int), story what>
void way(benchmark::State& state) {
  const int n = items(state);
  if (!fits(state, {.threads = static_cast<std::uint64_t>(n)})) return;
  if (!same(state, loop_group(what, n), thread_async(what, n))) return;
  timed(state, n, [n] {
    auto g = once(what, n);
    benchmark::DoNotOptimize(g);
  });
}

TVL_PRIMITIVE(gather) {
  p.asyncio = "asyncio.gather()";
  p.row({.thread_way = "gather/thread/async/100", .loop_way = "gather/loop/group/100"});
  p.row(
      {.what = "one fails", .thread_way = "gather/thread/async_error/100", .loop_way = "gather/loop/group_error/100"});
  const std::vector<std::int64_t> ns = {2, 10, 100, 1000};
  p.add("gather/loop/group", way<loop_group, story::succeed>, ns);
  p.add("gather/loop/group_error", way<loop_group, story::fail>, ns);
  p.add("gather/thread/async", way<thread_async, story::succeed>, ns);
  p.add("gather/thread/async_error", way<thread_async, story::fail>, ns);
}

}  // namespace
}  // namespace tvl::primitives
