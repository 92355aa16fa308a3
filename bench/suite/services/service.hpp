#pragma once
// A service that contestants call while they are measured: Redis, PostgreSQL, the stand-in for everything else.

#include "bench/suite/processes/running_server.hpp"

#include <filesystem>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace tvl::suite {

struct service {
  std::string value;                        // fills its placeholder in a contestant's command
  std::optional<std::string> version;       // as it says itself; none = it does not
  std::unique_ptr<running_server> process;  // null = the user's own
};

// Where a service of ours lives.
struct surroundings {
  std::filesystem::path bin;     // of programs built here
  std::filesystem::path folder;  // for its data; others may pass through it
  std::filesystem::path logs;    // what it prints
  std::vector<int> cpus;         // empty = not pinned
  std::stop_token stop;
};

}  // namespace tvl::suite
