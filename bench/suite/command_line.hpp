#pragma once
// tvl-suite's own flags; Google Benchmark's are passed on.

#include "bench/suite/bad_input.hpp"
#include "bench/suite/contestant_flags.hpp"
#include "bench/suite/google_flags.hpp"
#include "bench/suite/service_flags.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace tvl::suite {

struct settings {
  bool quick = false;
  bool list = false;
  std::vector<std::string> workloads;
  contestant_flags who;
  std::filesystem::path output;  // empty = results/<date>-<host>
  std::filesystem::path workloads_dir;
  std::filesystem::path servers_dir;
  std::vector<int> server_cpus, generator_cpus;  // empty = chosen
  bool shared_core = false;
  service_flags services;
  google_flags google;
  std::string command;  // as typed
};

// Empty when there is nothing left to do: --help was printed. Throws bad_input.
std::optional<settings> read_command_line(int argc, char** argv);

}  // namespace tvl::suite
