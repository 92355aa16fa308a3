// asyncio.sleep(): n concurrent sleepers that do not block each other.
//
// Claim: a wait on a loop costs a timer, not a thread. Each sleeper repeatedly sleeps 10 ms. Overshoot is the delay
// after the due time: the kernel's wake-up for a thread; for a task, the loop's and the tasks due before it.

#include "bench/primitives/support/limits.hpp"
#include "bench/primitives/support/primitive.hpp"
#include "bench/primitives/support/task.hpp"
#include "servers/runtime/asio_types.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/detached.hpp>

#include <algorithm>
#include <array>
#include <barrier>
#include <thread>
#include <vector>

namespace tvl::primitives {
namespace {

namespace asio = boost::asio;
using clock = std::chrono::steady_clock;
constexpr std::chrono::milliseconds nap{10};
constexpr std::size_t naps = 5;  // in a row, so that the start has little weight

// Per sleeper.
using sleeper_times = std::array<std::chrono::nanoseconds, naps>;
using overshoots = std::vector<sleeper_times>;

task<> sleeper_queue(fifo_loop& loop, sleeper_times& times) {
  for (auto& overshoot : times) {
    const auto due = clock::now() + nap;
    co_await loop.sleep_until(due);
    overshoot = clock::now() - due;
  }
}

task<> sleepers_queue(fifo_loop& loop, overshoots& times) {
  std::vector<task<>> all;
  all.reserve(times.size());
  for (auto& time : times) all.push_back(loop.spawn(sleeper_queue(loop, time)));
  for (auto& one : all) co_await one;
}

void loop_queue(overshoots& times) {
  fifo_loop loop;
  loop.run(sleepers_queue(loop, times));
}

runtime::task sleeper_asio(runtime::executor executor, sleeper_times& times) {
  runtime::timer timer(executor);
  for (auto& overshoot : times) {
    const auto due = clock::now() + nap;
    timer.expires_at(due);
    co_await timer.async_wait(asio::as_tuple(asio::deferred));
    overshoot = clock::now() - due;
  }
}

void loop_asio(overshoots& times) {
  asio::io_context context(BOOST_ASIO_CONCURRENCY_HINT_UNSAFE_IO);
  for (auto& time : times) asio::co_spawn(context, sleeper_asio(context.get_executor(), time), asio::detached);
  context.run();
}

// Starts the threads once; create_task measures their start.
class sleeping_threads {
 public:
  explicit sleeping_threads(std::size_t n) : begin_(with_caller(n)), end_(with_caller(n)) {
    for (std::size_t i = 0; i < n; ++i) threads_.emplace_back([this, i] { sleep_again_and_again(i); });
  }
  ~sleeping_threads() {
    times_ = nullptr;
    begin_.arrive_and_wait();
    for (auto& thread : threads_) thread.join();
  }
  sleeping_threads(const sleeping_threads&) = delete;
  sleeping_threads& operator=(const sleeping_threads&) = delete;

  void sleep(overshoots& times) {
    times_ = &times;
    begin_.arrive_and_wait();
    end_.arrive_and_wait();
  }

 private:
  static std::ptrdiff_t with_caller(std::size_t n) { return static_cast<std::ptrdiff_t>(n) + 1; }

  void sleep_again_and_again(std::size_t i) {
    for (begin_.arrive_and_wait(); times_; begin_.arrive_and_wait()) {
      for (auto& overshoot : (*times_)[i]) {
        const auto due = clock::now() + nap;
        std::this_thread::sleep_until(due);
        overshoot = clock::now() - due;
      }
      end_.arrive_and_wait();
    }
  }

  std::barrier<> begin_, end_;
  overshoots* times_ = nullptr;  // null = no more; the barriers order access
  std::vector<std::thread> threads_;
};

// All slept equally often and long enough. Compares the number of sleepers, not their times.
std::ptrdiff_t slept(const overshoots& all) {
  std::ptrdiff_t count = 0;
  for (const auto& times : all) count += std::ranges::count_if(times, [](auto time) { return time.count() >= 0; });
  return count;
}

template <class Sleep>
void measure(benchmark::State& state, Sleep&& sleep) {
  sleeper_times not_yet;
  not_yet.fill(std::chrono::nanoseconds(-1));
  overshoots times(static_cast<std::size_t>(items(state)), not_yet);
  const auto sleeps = static_cast<std::ptrdiff_t>(times.size() * naps);
  sleep(times);
  if (!same(state, slept(times), sleeps)) return;
  std::vector<std::chrono::nanoseconds> all;
  timed(state, sleeps, [&] {
    sleep(times);
    for (const auto& one : times) all.insert(all.end(), one.begin(), one.end());
  });
  report_distribution(state, "overshoot", std::move(all));
}

template <void (*sleep)(overshoots&)>
void loop_way(benchmark::State& state) {
  measure(state, sleep);
}

void thread_way(benchmark::State& state) {
  const auto n = static_cast<std::size_t>(items(state));
  if (!fits(state, {.threads = n})) return;
  sleeping_threads threads(n);
  measure(state, [&](overshoots& times) { threads.sleep(times); });
}

TVL_PRIMITIVE(sleep) {
  p.asyncio = "asyncio.sleep()";
  p.row({.what = "CPU of one of 1000",
         .thread_way = "sleep/thread/nanosleep/1000",
         .loop_way = "sleep/loop/asio/1000",
         .counter = "cpu_ns_per_item"});
  p.row({.what = "p99 overshoot, 1000 at once",
         .thread_way = "sleep/thread/nanosleep/1000",
         .loop_way = "sleep/loop/asio/1000",
         .counter = "overshoot_p99_us"});
  const std::vector<std::int64_t> ns = {1, 100, 1000, 10'000};
  p.add("sleep/loop/asio", loop_way<loop_asio>, ns);
  p.add("sleep/loop/queue", loop_way<loop_queue>, ns);
  p.add("sleep/thread/nanosleep", thread_way, ns);
}

}  // namespace
}  // namespace tvl::primitives
