// tvl-suite: starts servers, loads them, and writes one record per point.
//
//   tvl-suite --quick --output results/mine
//   tvl-suite --workload delay --benchmark_filter=asio_loop/64 --benchmark_repetitions=3
//   tvl-suite validate asio_loop

#include "bench/suite/commands/doctor_command.hpp"
#include "bench/suite/commands/import_command.hpp"
#include "bench/suite/commands/run_command.hpp"
#include "bench/suite/commands/validate_command.hpp"
#include "bench/suite/config/toml_reader.hpp"

#include <exception>
#include <iostream>
#include <map>
#include <string_view>

namespace suite = tvl::suite;

int measure(int argc, char** argv) {
  const auto settings = suite::read_command_line(argc, argv);
  return settings ? suite::run(*settings) : suite::all_measured;
}

int main(int argc, char** argv) {
  static const std::map<std::string_view, int (*)(int, char**)> subcommands = {
      {"validate", suite::run_validate}, {"doctor", suite::run_doctor}, {"import", suite::run_import}};
  const auto complain = [](const std::exception& error, int code) {
    std::cerr << "tvl-suite: " << error.what() << "\n";
    return code;
  };
  try {
    const auto chosen = argc > 1 ? subcommands.find(argv[1]) : subcommands.end();
    return chosen == subcommands.end() ? measure(argc, argv) : chosen->second(argc - 1, argv + 1);
  } catch (const suite::bad_input& error) {
    return complain(error, suite::wrong_input);
  } catch (const suite::bad_file& error) {
    return complain(error, suite::wrong_input);
  } catch (const std::exception& error) {
    return complain(error, suite::some_failed);
  }
}
