#pragma once
// tvl-load's flags.

#include "clients/load/plan.hpp"

#include <sys/types.h>

#include <string>

namespace tvl::load {

struct command {
  load::plan plan;
  pid_t pid = 0;     // server to be metered; 0 = none
  std::string json;  // file, "-" = stdout instead of the table; empty = none
  bool strict = false;
  bool progress = false;
};

// Prints help and exits 0, or prints one line on stderr and exits 2, where the command line asks for it.
command parse_command_line(int argc, char** argv);

}  // namespace tvl::load
