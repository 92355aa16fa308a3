// tvl-suite: starts servers, loads them, and writes one record per point.
//
//   tvl-suite --quick --output results/mine
//   tvl-suite --workload delay --benchmark_filter=asio_loop/64 --benchmark_repetitions=3
//   tvl-suite validate asio_loop

#include "bench/suite/commands/doctor_command.hpp"
#include "bench/suite/commands/import_command.hpp"
#include "bench/suite/commands/run_command.hpp"
#include "bench/suite/commands/validate_command.hpp"
#include "bench/support/usage_error.hpp"
#include "clients/load/base/exit_codes.hpp"
#include "clients/load/base/standard_descriptors.hpp"

#include <iostream>
#include <map>
#include <string_view>

namespace suite = tvl::suite;
namespace load = tvl::load;

int measure(int argc, char** argv) {
  const auto settings = suite::read_command_line(argc, argv);
  return settings ? suite::run(*settings) : suite::all_measured;
}

int main(int argc, char** argv) try {
  load::open_standard_descriptors();
  load::report_uncaught_exceptions();
  static const std::map<std::string_view, int (*)(int, char**)> subcommands = {
      {"validate", suite::run_validate}, {"doctor", suite::run_doctor}, {"import", suite::run_import}};
  const auto chosen = argc > 1 ? subcommands.find(argv[1]) : subcommands.end();
  const int code = chosen == subcommands.end() ? measure(argc, argv) : chosen->second(argc - 1, argv + 1);
  if (!std::cout.flush()) throw suite::bad_input("cannot write to stdout");
  return code;
} catch (...) {
  return load::report_exception("tvl-suite");
}
