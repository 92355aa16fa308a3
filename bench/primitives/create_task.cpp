// asyncio.create_task(): "will wrap a coroutine in a future and return it to you", so that several run at the same
// time. Here n tasks are created, then all are awaited; each has a result.
//
// Claim: a task per request costs next to nothing. The equivalent is a thread each or, because threads are expensive,
// n jobs in a pool of as many threads as cores, which is fair as long as the jobs do not wait.

#include "bench/primitives/support/limits.hpp"
#include "bench/primitives/support/primitive.hpp"
#include "bench/primitives/support/task.hpp"
#include "servers/runtime/asio_types.hpp"
#include "servers/runtime/bounded_queue.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>

#include <algorithm>
#include <exception>
#include <functional>
#include <latch>
#include <numeric>
#include <thread>
#include <vector>

namespace tvl::primitives {
namespace {

namespace asio = boost::asio;

std::int64_t work(int i) { return i; }

std::int64_t sum_of(const std::vector<std::int64_t>& results) {
  return std::accumulate(results.begin(), results.end(), std::int64_t{0});
}

task<std::int64_t> child_queue(int i) { co_return work(i); }

task<std::int64_t> parent_queue(fifo_loop& loop, int n) {
  std::vector<task<std::int64_t>> children;
  children.reserve(static_cast<std::size_t>(n));
  for (int i = 0; i < n; ++i) children.push_back(loop.spawn(child_queue(i)));
  std::int64_t sum = 0;
  for (auto& child : children) sum += co_await child;
  co_return sum;
}

std::int64_t loop_queue(int n) {
  fifo_loop loop;
  return loop.run(parent_queue(loop, n));
}

asio::awaitable<std::int64_t, runtime::executor> child_asio(int i) { co_return work(i); }

// run() returns when all tasks have ended: they belong to the loop.
std::int64_t loop_asio(int n) {
  asio::io_context context(BOOST_ASIO_CONCURRENCY_HINT_UNSAFE_IO);
  std::vector<std::int64_t> results(static_cast<std::size_t>(n));
  for (int i = 0; i < n; ++i) {
    auto& result = results[static_cast<std::size_t>(i)];
    asio::co_spawn(context.get_executor(), child_asio(i),
                   [&result](std::exception_ptr, std::int64_t value) { result = value; });
  }
  context.run();
  return sum_of(results);
}

std::int64_t thread_spawn(int n) {
  std::vector<std::int64_t> results(static_cast<std::size_t>(n));
  std::vector<std::thread> threads;
  threads.reserve(results.size());
  for (int i = 0; i < n; ++i) threads.emplace_back([&results, i] { results[static_cast<std::size_t>(i)] = work(i); });
  for (auto& thread : threads) thread.join();
  return sum_of(results);
}

unsigned cores() { return std::max(1u, std::thread::hardware_concurrency()); }

// The pools exist as long as the program, like a server's.
template <class Post>
std::int64_t on_pool(int n, Post&& post) {
  std::vector<std::int64_t> results(static_cast<std::size_t>(n));
  std::latch done(n);
  for (int i = 0; i < n; ++i) {
    post([&results, &done, i] {
      results[static_cast<std::size_t>(i)] = work(i);
      done.count_down();
    });
  }
  done.wait();
  return sum_of(results);
}

std::int64_t thread_pool(int n) {
  static asio::thread_pool pool(cores());
  return on_pool(n, [](auto job) { asio::post(pool, std::move(job)); });
}

class queue_pool {
 public:
  queue_pool() {
    for (unsigned i = 0; i < cores(); ++i)
      threads_.emplace_back([this] {
        while (auto job = jobs_.pop()) (*job)();
      });
  }
  ~queue_pool() {
    jobs_.close();
    for (auto& thread : threads_) thread.join();
  }
  void push(std::function<void()> job) { jobs_.push(std::move(job)); }

 private:
  runtime::bounded_queue<std::function<void()>> jobs_{1024};
  std::vector<std::thread> threads_;
};

std::int64_t thread_queue_pool(int n) {
  static queue_pool pool;
  return on_pool(n, [](auto job) { pool.push(std::move(job)); });
}

template <std::int64_t (*once)(int)>
void way(benchmark::State& state) {
  const int n = items(state);
  const bool a_thread_each = once == thread_spawn;
  if (a_thread_each && !fits(state, {.threads = static_cast<std::uint64_t>(n)})) return;
  if (!same(state, loop_queue(n), once(n))) return;
  timed(state, n, [n] {
    auto sum = once(n);
    benchmark::DoNotOptimize(sum);
  });
}

TVL_PRIMITIVE(create_task) {
  p.asyncio = "asyncio.create_task()";
  p.row({.what = "a thread each",
         .thread_way = "create_task/thread/spawn/1000",
         .loop_way = "create_task/loop/asio/1000"});
  p.row({.what = "a thread each, plain loop",
         .thread_way = "create_task/thread/spawn/1000",
         .loop_way = "create_task/loop/queue/1000"});
  p.row({.what = "a pool of threads",
         .thread_way = "create_task/thread/pool/1000",
         .loop_way = "create_task/loop/asio/1000"});
  const std::vector<std::int64_t> some = {10, 100, 1000, 10'000}, many = {10, 100, 1000, 10'000, 100'000};
  p.add("create_task/loop/queue", way<loop_queue>, many);
  p.add("create_task/loop/asio", way<loop_asio>, many);
  p.add("create_task/thread/spawn", way<thread_spawn>, some);
  p.add("create_task/thread/pool", way<thread_pool>, some);
  p.add("create_task/thread/queue_pool", way<thread_queue_pool>, some);
}

}  // namespace
}  // namespace tvl::primitives
