#pragma once
// Registers the benchmarks and table rows of a primitive, and measures them uniformly.
//
//   int loop_once(int n);                                      // the two ways, with comparable results
//   int thread_once(int n);
//   void loop_way(benchmark::State& state) {
//     const int n = items(state);
//     if (!same(state, loop_once(n), thread_once(n))) return;  // before the timed loop
//     timed(state, n, [&] { loop_once(n); });
//   }
//   TVL_PRIMITIVE(gather) {
//     p.asyncio = "asyncio.gather()";
//     p.row({.thread_way = "gather/thread/async/100", .loop_way = "gather/loop/group/100"});
//     p.add("gather/loop/group", loop_way, {10, 100});         // gather/loop/group/10, gather/loop/group/100
//     p.add("gather/thread/async", thread_way, {10, 100});
//   }
//
// Names are PRIMITIVE/WAY[/VARIANT]/N, where WAY is loop, thread or baseline.

#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace tvl::primitives {

// One table row: the same job done both ways. Names are complete, with N.
struct table_row {
  std::string what = "";  // distinguishes the rows of one primitive; may be empty
  std::string thread_way = "";
  std::string loop_way = "";
  std::string counter = "ns_per_item";  // the compared counter
  std::string verdict = "";             // replaces the numbers where there are none
};

// A benchmark with its N.
struct measurement {
  std::string way;  // its name without N
  std::int64_t n = 1;
  void (*function)(benchmark::State&) = nullptr;
  std::string name() const { return way + "/" + std::to_string(n); }
};

class primitive {
 public:
  std::string name;
  std::string file;     // its path in the project
  std::string asyncio;  // its asyncio counterpart, as in the guide: "asyncio.run()"
  std::vector<table_row> rows;
  std::vector<measurement> measurements;
  bool steady = false;  // its figures hardly vary: fewer rounds measure it (rounds.hpp)

  void row(table_row r) { rows.push_back(std::move(r)); }

  // Adds NAME/N for every N. With --quick only N up to quick_n, or the smallest.
  void add(const std::string& name, void (*way)(benchmark::State&), std::vector<std::int64_t> ns = {1});
};

inline constexpr std::int64_t quick_n = 100;

// True = --quick: few items, to check that everything works.
bool quick();
void set_quick(bool);

using registration = void (*)(primitive&);
// Used by TVL_PRIMITIVE.
bool remember(std::string name, std::string file, registration);

// All linked primitives, sorted by name. The first call is after set_quick().
const std::vector<primitive>& all_primitives();

// The N of this benchmark.
inline int items(const benchmark::State& state) { return static_cast<int>(state.range(0)); }

// Skips the benchmark and returns false when the results differ.
template <class A, class B>
bool same(benchmark::State& state, const A& loop_result, const B& thread_result) {
  if (loop_result == thread_result) return true;
  state.SkipWithError("wrong: the loop way and the thread way give different results");
  return false;
}

// Resource usage of the process until now, with its threads and the children it has waited for.
struct usage {
  std::chrono::steady_clock::time_point wall;
  std::int64_t cpu_ns = 0;
  std::int64_t voluntary = 0;  // context switches
  std::int64_t involuntary = 0;
  static usage now();
};

// Counters per item: ns_per_item, cpu_ns_per_item, voluntary_switches, involuntary_switches. `items` per iteration.
void report(benchmark::State&, const usage& before, std::int64_t items);

// The iterations that the next timed loop makes at least. rounds.cpp sets it to what an earlier round of the benchmark
// needed for --benchmark_min_time, so that only the first round has to find that number.
benchmark::IterationCount& least_iterations();

// The timed loop: `job` does `items` items. One untimed call first warms caches, stacks and the allocator.
template <class Job>
void timed(benchmark::State& state, std::int64_t items, Job&& job) {
  if (!state.error_occurred()) job();
  const auto batch = std::max(state.max_iterations, least_iterations());
  const auto before = usage::now();
  while (state.KeepRunningBatch(batch))  // true once
    for (benchmark::IterationCount i = 0; i < batch; ++i) job();
  report(state, before, items);
}

// Times in any unit, as counters PREFIX_p50_us, PREFIX_p99_us, PREFIX_max_us.
void report_distribution(benchmark::State&, const std::string& prefix, std::vector<std::chrono::nanoseconds> times);

// Pins this thread, and those it starts meanwhile, to a number of cores. False when there are fewer; the benchmark is
// then skipped.
class pinned {
 public:
  pinned(benchmark::State&, unsigned cores);
  ~pinned();
  pinned(const pinned&) = delete;
  pinned& operator=(const pinned&) = delete;
  explicit operator bool() const { return !before_.empty(); }
  const std::vector<int>& cores() const { return cores_; }

 private:
  std::vector<int> before_, cores_;
};

}  // namespace tvl::primitives

#define TVL_PRIMITIVE(NAME)                                              \
  static void tvl_register_##NAME(::tvl::primitives::primitive&);        \
  [[maybe_unused]] static const bool tvl_remembered_##NAME =             \
      ::tvl::primitives::remember(#NAME, __FILE__, tvl_register_##NAME); \
  static void tvl_register_##NAME(::tvl::primitives::primitive& p)
