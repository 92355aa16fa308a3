#pragma once
// tvl-suite's own flags; Google Benchmark's are passed on.

#include "bench/suite/google_flags.hpp"

#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace tvl::suite {

// Wrong input by the user: one line, exit code 2.
struct bad_input : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct settings {
  bool quick = false;
  bool list = false;
  std::vector<std::string> workloads;
  std::vector<std::string> contestants;
  std::filesystem::path output;  // empty = results/<date>-<host>
  std::filesystem::path workloads_dir;
  std::filesystem::path servers_dir;
  std::vector<int> server_cpus, generator_cpus;  // empty = chosen
  bool shared_core = false;
  google_flags google;
  std::string command;  // as typed
};

// Empty when there is nothing left to do: --help was printed. Throws bad_input.
std::optional<settings> read_command_line(int argc, char** argv);

}  // namespace tvl::suite
