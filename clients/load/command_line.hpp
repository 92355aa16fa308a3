#pragma once
// tvl-load's flags.

#include "clients/load/plan/plan.hpp"

#include <sys/types.h>

#include <string>
#include <vector>

namespace tvl::load {

struct command {
  enum class action { run, find_rate, find_connections, room, share, merge, selftest };
  action what = action::run;

  load::plan plan;
  pid_t pid = 0;        // server to be metered; 0 = none
  std::string json;     // file, "-" = stdout instead of the table; empty = none
  std::string hgrm;     // file for the response times' percentiles; empty = none
  bool strict = false;  // exit 3 when the point is not valid
  bool progress = false;

  std::string slo;                 // find: what has to be met
  double lowest = 0, highest = 0;  // find: between which loads; 0 = the default for what is searched
  std::vector<std::string> files;  // merge
  bool quick = false;              // selftest
};

// Prints help and exits 0, or prints one line on stderr and exits 2, where the command line asks for it.
command parse_command_line(int argc, char** argv);

}  // namespace tvl::load
