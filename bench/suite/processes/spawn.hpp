#pragma once
// Starts a process for a server.

#include "bench/suite/processes/run_as.hpp"

#include <sys/types.h>

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace tvl::suite {

struct new_process {
  std::vector<std::string> words;          // program and arguments
  std::map<std::string, std::string> env;  // in addition to that of this process
  std::filesystem::path cwd;               // empty = that of this process
  int out = -1, err = -1;                  // its stdout and stderr
  std::vector<int> cpus;                   // empty = not pinned
  std::optional<account> run_as;           // empty = as this process
  int stop_signal = 0;                     // that it gets when this process dies
};

// In a session of its own: a terminal's Ctrl-C reaches only the suite, which then stops the server. Its descriptors are
// stdin (empty), stdout and stderr. Throws std::runtime_error: no such program, or it cannot be started.
pid_t spawn(const new_process&);

}  // namespace tvl::suite
