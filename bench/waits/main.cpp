// tvl-waits: CPU cost of a wait in the waiting process, compared with the same library without Boost.Asio.
//
//   tvl-waits --benchmark_repetitions=9 --benchmark_enable_random_interleaving=true
//   tvl-waits --benchmark_filter=fetch/.*/64 --benchmark_out=waits.json

#include "bench/machine/cpus.hpp"
#include "bench/suite/measuring/google_benchmark_reporter.hpp"
#include "bench/support/google_flags.hpp"
#include "bench/support/parse_arguments.hpp"
#include "bench/support/usage_error.hpp"
#include "bench/waits/ratios.hpp"
#include "bench/waits/service_stock.hpp"
#include "bench/waits/wait.hpp"
#include "clients/load/base/standard_descriptors.hpp"

#include <CLI/CLI.hpp>
#include <benchmark/benchmark.h>

#include <signal.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <iostream>
#include <optional>

namespace {

using namespace tvl;

enum exit_code { all_measured = 0, a_row_failed = 1, wrong_input = 2 };

constexpr std::array<const bench::wait*, 3> waits_measured{&bench::fetch, &bench::cache, &bench::query};
constexpr std::array<unsigned, 3> numbers_at_once{1, 16, 64};

struct named_way {
  const char* name;
  std::unique_ptr<bench::way> (*make)(const bench::wait&, const bench::setting&);
};
constexpr std::array<named_way, 3> ways{{
    {"awaiting", bench::make_awaiting},
    {"bare", [](const bench::wait& w, const bench::setting& s) { return w.bare(s); }},
    {"blocking", bench::make_blocking},
}};

struct program {
  bench::service_stock services;
  bool failed = false;
};

// The blocking way's first reply is the expected one.
bench::setting prepare(program& p, const bench::wait& w, unsigned at_once) {
  bench::setting s;
  s.options.*w.address = p.services.find(std::string(w.service));
  s.plan = w.plan();
  s.at_once = at_once;
  waits::blocking::services services(s.options);
  s.expected = w.blocking(services, s.plan);
  if (s.expected.status != 200) throw bench::wrong_reply(s.expected);
  return s;
}

void measure(benchmark::State& state, program& p, const bench::wait& w, const named_way& how, unsigned at_once) try {
  const auto setting = prepare(p, w, at_once);
  const auto way = how.make(w, setting);
  way->make(std::uint64_t{10} * at_once);  // connects and checks
  // One batch: between two batches fewer calls would be in flight.
  const auto all = static_cast<std::uint64_t>(state.max_iterations);
  while (state.KeepRunningBatch(state.max_iterations)) way->make(all);
} catch (const bench::service_missing& error) {
  state.SkipWithError(error.what());
} catch (const std::exception& error) {
  p.failed = true;
  state.SkipWithError(error.what());
}

// Prints the report selected by the flags, then the ratios.
class reporter : public benchmark::BenchmarkReporter {
 public:
  bool ReportContext(const Context& context) override { return inner_->ReportContext(context); }
  void ReportRuns(const std::vector<Run>& runs) override {
    for (const auto& r : runs)
      if (r.run_type == Run::RT_Iteration && !suite::failed(r))
        ratios_.add(r.run_name.function_name, r.repetition_index, r.GetAdjustedCPUTime());
    inner_->ReportRuns(runs);
  }
  void Finalize() override {
    inner_->Finalize();
    inner_->GetOutputStream().flush();
    const bool console = dynamic_cast<benchmark::ConsoleReporter*>(inner_.get()) != nullptr;
    if (const auto text = ratios_.text(); !text.empty()) (console ? std::cout : std::cerr) << '\n' << text;
  }

 private:
  const std::unique_ptr<benchmark::BenchmarkReporter> inner_{benchmark::CreateDefaultDisplayReporter()};
  bench::ratios ratios_;
};

void add_benchmarks(program& p) {
  for (const auto* w : waits_measured)
    for (const unsigned n : numbers_at_once)
      for (const auto& how : ways) {
        const auto name = std::string(w->name) + '/' + how.name + '/' + std::to_string(n);
        benchmark::RegisterBenchmark(name.c_str(), [&p, w, n, &how](auto& state) { measure(state, p, *w, how, n); })
            ->MeasureProcessCPUTime()  // --benchmark_min_time then refers to it, too
            ->Unit(benchmark::kMicrosecond);
      }
}

// Pins this process to the first core; returns the cores of the services.
std::vector<int> pin() {
  const auto allowed = suite::allowed_cpus();
  const auto split = suite::split_cpus({}, {}, allowed, true);
  if (split.shared) std::cerr << "tvl-waits: only one core: the services disturb the measurement\n";
  suite::pin_to(split.server);
  return suite::service_cpus(split, allowed);
}

// Empty when --help was printed; `rest` gets Google Benchmark's flags.
std::optional<suite::service_flags> read_flags(int argc, char** argv, std::vector<std::string>& rest) {
  suite::service_flags given;
  CLI::App app(
      "CPU per call of a wait for a service: on the servers' loop (awaiting), in their threads (blocking), and with\n"
      "the same library on plain epoll (bare). Services are started on another core unless given by a flag. Google\n"
      "Benchmark's flags work as usual; Time is wall time per call. Exit code: 0 every available service measured,\n"
      "1 a measurement failed, 2 bad input.",
      "tvl-waits");
  app.allow_extras();
  suite::add_service_flags(app, given);
  if (!suite::parse_arguments(app, argc, argv)) return std::nullopt;
  rest = app.remaining();
  for (const auto& word : rest)
    if (!suite::is_google_flag(word)) suite::refuse_argument(app, word);
  return given;
}

int run(int argc, char** argv) {
  load::open_standard_descriptors();
  std::vector<std::string> words;
  const auto given = read_flags(argc, argv, words);
  if (!given) return all_measured;
  std::vector<char*> rest{argv[0]};
  for (auto& word : words) rest.push_back(word.data());
  int count = static_cast<int>(rest.size());
  benchmark::Initialize(&count, rest.data());
  if (benchmark::ReportUnrecognizedArguments(count, rest.data())) return wrong_input;
  ::signal(SIGPIPE, SIG_IGN);  // as in the servers
  program p{{*given, std::filesystem::canonical("/proc/self/exe").parent_path(), pin()}};
  add_benchmarks(p);
  reporter r;
  if (benchmark::RunSpecifiedBenchmarks(&r) == 0) return wrong_input;  // none matches; the library has printed that
  return p.failed ? a_row_failed : all_measured;
}

}  // namespace

int main(int argc, char** argv) {
  const auto complain = [](const std::exception& error, int code) {
    std::cerr << "tvl-waits: " << error.what() << '\n';
    return code;
  };
  try {
    return run(argc, argv);
  } catch (const suite::bad_input& error) {
    return complain(error, wrong_input);
  } catch (const std::exception& error) {
    return complain(error, a_row_failed);
  }
}
