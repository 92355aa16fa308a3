#pragma once
// What another program prints.

#include <string>
#include <vector>

namespace tvl::suite {

struct program_output {
  int code = -1;  // its exit code; -1 = not installed, or not started
  std::string text;
};

// Runs a program of PATH until it ends; what it writes to standard error is dropped.
program_output output_of(const std::string& program, const std::vector<std::string>& arguments);

}  // namespace tvl::suite
