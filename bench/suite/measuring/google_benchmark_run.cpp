#include "bench/suite/measuring/google_benchmark_run.hpp"

#include "bench/suite/measuring/google_benchmark_reporter.hpp"
#include "clients/load/base/json_text.hpp"

#include <benchmark/benchmark.h>

#include <exception>
#include <memory>
#include <set>
#include <sstream>
#include <stdexcept>

namespace tvl::suite {
namespace {

// More iterations than any version of the library asks for: the first run is long enough for any --benchmark_min_time,
// and the name gets no suffix "/iterations:1".
constexpr benchmark::IterationCount all_iterations = 1'000'000'000'000;

void initialize(const google_flags& flags, const std::vector<std::string>& more) {
  auto words = flags.rest;
  words.insert(words.begin() + 1, "--benchmark_filter=");  // or the library would keep an earlier call's
  words.insert(words.end(), more.begin(), more.end());
  std::vector<char*> argv;
  for (auto& word : words) argv.push_back(word.data());
  int argc = static_cast<int>(argv.size());
  argv.push_back(nullptr);
  // The library keeps a pointer to the program's name.
  static const std::string program = flags.rest.front();
  argv[0] = const_cast<char*>(program.c_str());
  benchmark::SetDefaultTimeUnit(benchmark::kMicrosecond);
  benchmark::Initialize(&argc, argv.data());
}

void report(benchmark::State& state, const outcome& o) {
  if (!o.error.empty()) return state.SkipWithError(load::as_utf8(o.error).c_str());
  const auto set = [&](const char* name, const std::optional<double>& value) {
    if (value) state.counters[name] = *value;
  };
  set(time_counter, o.response_time_s);
  set(cpu_counter, o.server_cpu_s);
  set("rate", o.rate);
  set("p99", o.p99_us);
  set("switches", o.switches);
  set("memory", o.memory_bytes);
  if (!o.valid) state.counters[invalid_counter] = 1;
  state.SetLabel(load::as_utf8(o.label).c_str());
}

void register_names(const std::vector<std::string>& names) {
  benchmark::ClearRegisteredBenchmarks();
  for (const auto& name : names) benchmark::RegisterBenchmark(name.c_str(), [](benchmark::State&) {});
}

}  // namespace

std::vector<std::string> filtered(const std::vector<std::string>& names, const google_flags& flags) {
  initialize(flags, {"--benchmark_list_tests=true", "--benchmark_out="});
  register_names(names);
  std::ostringstream listed;
  table_reporter reporter;
  reporter.SetOutputStream(&listed);
  benchmark::RunSpecifiedBenchmarks(&reporter);
  benchmark::ClearRegisteredBenchmarks();
  std::vector<std::string> selected;
  std::istringstream lines(listed.str());
  for (std::string line; std::getline(lines, line);) selected.push_back(line);
  return selected;
}

void list_points(const std::vector<std::string>& names, const google_flags& flags) {
  initialize(flags, {"--benchmark_out="});
  register_names(names);
  benchmark::RunSpecifiedBenchmarks();
  benchmark::ClearRegisteredBenchmarks();
}

void run_rounds(const std::vector<scheduled>& rounds, const std::function<outcome(const scheduled&)>& measure,
                const google_flags& flags) {
  initialize(flags, {});
  benchmark::ClearRegisteredBenchmarks();
  // Exceptions do not pass through the library, which may be built without them.
  std::exception_ptr failure;
  outcome stopped;
  stopped.error = "stopped";
  const auto guarded = [&](const scheduled& round) {
    try {
      return measure(round);
    } catch (...) {
      failure = std::current_exception();
      return stopped;
    }
  };
  for (const auto& round : rounds) {
    benchmark::RegisterBenchmark(round.name().c_str(), [&](benchmark::State& state) {
      while (state.KeepRunningBatch(all_iterations)) report(state, failure ? stopped : guarded(round));
    });
  }
  rounds_reporter display(flags.format, flags.display_aggregates_only || flags.report_aggregates_only);
  rounds_reporter file(flags.out_format, flags.report_aggregates_only);
  benchmark::RunSpecifiedBenchmarks(&display, flags.out.empty() ? nullptr : &file);
  benchmark::ClearRegisteredBenchmarks();
  if (failure) std::rethrow_exception(failure);
  if (!flags.out.empty() && !file.written())
    throw std::runtime_error("--benchmark_out: " + flags.out +
                             " could not be written in full; the points are printed above");
}

}  // namespace tvl::suite
