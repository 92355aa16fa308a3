#pragma once
// The command line of tvl-fetch.

#include "clients/fetch/job.hpp"
#include "clients/fetch/ways.hpp"

#include <string>
#include <vector>

namespace tvl::fetch {

struct command {
  fetch::settings settings;
  std::vector<way> ways;  // in the order they are run
  std::string json;       // file, "-" = stdout instead of the table; empty = none
};

// --help prints the help and exits 0. Throws std::runtime_error with one line for a wrong command line. Reads stdin
// when an argument is "-".
command parse_command_line(int argc, char** argv);

}  // namespace tvl::fetch
