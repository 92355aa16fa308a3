// tvl-primitives: the cost of every asyncio mechanism on a loop and with threads.
//
//   tvl-primitives --quick
//   tvl-primitives --benchmark_filter=^switch --benchmark_repetitions=15 --benchmark_out=switch.json

#include "bench/primitives/support/primitive.hpp"
#include "bench/primitives/support/rounds.hpp"
#include "bench/support/build_facts.hpp"
#include "bench/support/google_flags.hpp"
#include "bench/support/parse_arguments.hpp"
#include "bench/support/usage_error.hpp"
#include "clients/load/base/standard_descriptors.hpp"

#include <CLI/CLI.hpp>
#include <benchmark/benchmark.h>
#include <nlohmann/json.hpp>

#include <exception>
#include <iostream>
#include <stdexcept>

namespace suite = tvl::suite;
using namespace tvl::primitives;

namespace {

constexpr char help[] = R"(A row is PRIMITIVE/WAY[/VARIANT]/N, e.g. switch/thread/futex_one_core/2:
  PRIMITIVE  a mechanism of asyncio; the file of that name in bench/primitives describes it and has both ways
  WAY        loop or thread: the same job, checked before it is timed; baseline: a lower bound
  VARIANT    the means: asio is Boost.Asio as the servers use it, queue a plain FIFO of coroutines
  N          how many tasks, threads, sleepers ... at once
Time and CPU are those of one iteration, CPU that of all threads and children. Counters, per item:
  ns_per_item, cpu_ns_per_item               wall and CPU time
  voluntary_switches, involuntary_switches   context switches
A row that exceeds a limit of this machine is skipped and names the limit.

Google Benchmark's flags: --benchmark_filter=REGEX --benchmark_list_tests --benchmark_repetitions=N
  --benchmark_min_time=SECONDS --benchmark_out=FILE --benchmark_format=console|json|csv ...
Repetitions are rounds: in each the two ways of a pair follow each other, in reverse order every second time. Rows are
  printed as they are measured, without aggregates. Of N rounds, 3 measure what is in no pair, and 5 a pair whose
  figures hardly vary.)";

nlohmann::ordered_json described(const primitive& p) {
  auto rows = nlohmann::ordered_json::array();
  for (const auto& r : p.rows) {
    rows.push_back({{"what", r.what},
                    {"thread_way", r.thread_way},
                    {"loop_way", r.loop_way},
                    {"counter", r.counter},
                    {"verdict", r.verdict}});
  }
  return {{"name", p.name}, {"file", p.file}, {"asyncio", p.asyncio}, {"rows", rows}};
}

void list(const std::vector<primitive>& all) {
  auto listed = nlohmann::ordered_json::array();
  for (const auto& p : all) listed.push_back(described(p));
  std::cout << listed.dump(1) << "\n";
}

// The arguments that CLI11 does not know are Google Benchmark's.
suite::google_flags read_the_rest(const CLI::App& app, const std::string& program) {
  std::vector<std::string> words;
  if (quick()) words.emplace_back("--benchmark_min_time=0.01");  // seconds; a later flag wins
  for (const auto& word : app.remaining()) {
    if (!suite::is_google_flag(word)) suite::refuse_argument(app, word);
    words.push_back(word);
  }
  try {
    auto flags = suite::read_google_flags(program, words);
    if (flags.display_aggregates_only || flags.report_aggregates_only)
      throw suite::bad_input("--benchmark_..._aggregates_only: rounds have no aggregates");
    return flags;
  } catch (const std::invalid_argument& error) {
    throw suite::bad_input(error.what());
  }
}

void initialize(const suite::google_flags& flags) {
  static std::vector<std::string> words;  // the library keeps a pointer to the program's name
  words = flags.rest;
  std::vector<char*> arguments;
  for (auto& word : words) arguments.push_back(word.data());
  int count = static_cast<int>(arguments.size());
  benchmark::Initialize(&count, arguments.data());
  if (count > 1)
    throw suite::bad_input(std::string("not a flag of Google Benchmark, or not its value: ") + arguments[1]);
}

int run(int argc, char** argv) {
  tvl::load::open_standard_descriptors();
  CLI::App app("What every mechanism of asyncio costs on a loop and with threads, side by side.", "tvl-primitives");
  bool only_list = false, few = false;
  app.add_flag("--list", only_list, "print the primitives and the pairs of rows to compare, as JSON");
  app.add_flag("--quick", few, "few items and short: does everything work?");
  app.footer(help);
  app.allow_extras();
  if (!suite::parse_arguments(app, argc, argv)) return 0;
  set_quick(few);
  const auto flags = read_the_rest(app, argv[0]);
  initialize(flags);
  const auto& all = all_primitives();
  if (only_list) {
    list(all);
    return 0;
  }
  register_rounds(all, flags.list ? 1 : flags.repetitions.value_or(1));
  benchmark::AddCustomContext("compiler", suite::build::compiler);
  benchmark::AddCustomContext("compiler_flags", suite::build::compiler_flags);
  benchmark::AddCustomContext("build_type", suite::build::build_type);
  benchmark::AddCustomContext("quick", few ? "true" : "false");
  // No benchmark matched; the library has printed that.
  return benchmark::RunSpecifiedBenchmarks() > 0 ? 0 : 2;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const suite::bad_input& error) {
    std::cerr << "tvl-primitives: " << error.what() << "\n";
    return 2;
  } catch (const std::exception& error) {
    std::cerr << "tvl-primitives: " << error.what() << "\n";
    return 1;
  }
}
