#pragma once
// The command line of tvl-load.

#include "clients/load/cluster/load_hosts.hpp"
#include "clients/load/plan/plan.hpp"

#include <sys/types.h>

#include <string>
#include <vector>

namespace tvl::load {

struct command {
  enum class action { run, find_rate, find_connections, room, partition, merge, selftest };
  action what = action::run;

  load::plan plan;
  load_hosts hosts;     // none = the load comes from this machine
  pid_t pid = 0;        // root of the metered process tree; 0 = none
  std::string json;     // file, "-" = stdout instead of the table; empty = none
  std::string hgrm;     // file for the response time percentiles; empty = none
  bool strict = false;  // exit code 3 when the point is not valid
  bool progress = false;

  std::string slo;                 // find
  double lowest = 0, highest = 0;  // find: range of loads; 0 = the default
  std::vector<std::string> files;  // merge
  bool quick = false;              // selftest
};

// --help prints the help and exits 0. Throws bad_plan for a wrong command line.
command parse_command_line(int argc, char** argv);

}  // namespace tvl::load
