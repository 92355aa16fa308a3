#pragma once
// tvl-suite's own flags; Google Benchmark's are passed on.

#include "bench/suite/catalogue/contestant_flags.hpp"
#include "bench/suite/commands/load_host_flags.hpp"
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
  bool concurrent = false;        // --together: load a group concurrently, see measurer::measure()
  std::optional<double> seconds;  // of every window
  std::vector<std::string> workloads;
  contestant_flags contestants;
  bool only = false;              // none of the contestants that workloads name
  std::string baseline;           // the contestant that ratios are to; empty = the first of each workload
  std::filesystem::path output;   // empty = results/<date>-<host>
  bool resume = false;            // continue the run in `output`
  std::vector<std::string> more;  // names of points to repeat after the planned rounds
  int passes = 0;                 // of them
  bool why = false;               // --why: profiles of some points, afterwards
  double controls = 0;            // share of the blocks with an A/A control
  std::uint32_t seed = 0;         // of the order and of every load
  double idle_wait_s = 10;        // longest wait for an idle machine before each group
  std::filesystem::path workloads_dir;
  std::filesystem::path servers_dir;
  std::vector<int> server_cpus, generator_cpus;  // empty = chosen
  bool shared_core = false;
  bool beside_other_work = false;  // other processes do not invalidate points
  service_flags services;
  load_host_flags load;
  google_flags google;
  std::string command;                 // as entered, without secrets
  std::vector<std::string> arguments;  // its words, without the program
};

// Empty after --help. With --resume, the settings of the resumed run. Throws bad_input.
std::optional<settings> read_command_line(int argc, char** argv);

}  // namespace tvl::suite
