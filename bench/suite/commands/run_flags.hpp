#pragma once
// tvl-suite's own flags; Google Benchmark's are passed on.

#include "bench/suite/catalogue/contestant_flags.hpp"
#include "bench/suite/services/service_flags.hpp"
#include "bench/support/google_flags.hpp"
#include "bench/support/usage_error.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace tvl::suite {

struct settings {
  bool quick = false;
  bool list = false;
  bool list_programs = false;
  bool together = false;          // all of a row at the same time, see measurer::measure()
  std::optional<double> seconds;  // of every window, instead of the workload's
  std::vector<std::string> workloads;
  contestant_flags who;
  std::filesystem::path output;  // empty = results/<date>-<host>
  bool resume = false;           // go on with the run in `output`
  std::uint32_t seed = 0;        // of the order and of every load
  double idle_wait_s = 10;       // at most, for an idle machine, before each repetition of a block
  std::filesystem::path workloads_dir;
  std::filesystem::path servers_dir;
  std::vector<int> server_cpus, generator_cpus;  // empty = chosen
  bool shared_core = false;
  service_flags services;
  google_flags google;
  std::string command;                 // as typed
  std::vector<std::string> arguments;  // the same, word by word, without the program
};

// Empty when there is nothing left to do: --help was printed. With --resume it is what the run was begun with. Throws
// bad_input.
std::optional<settings> read_command_line(int argc, char** argv);

}  // namespace tvl::suite
