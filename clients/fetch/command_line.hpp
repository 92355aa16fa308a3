#pragma once
// tvl-fetch's flags.

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

// Prints help and exits 0, or throws std::runtime_error with one line that says what is wrong. Reads stdin where an
// argument says so.
command parse_command_line(int argc, char** argv);

}  // namespace tvl::fetch
