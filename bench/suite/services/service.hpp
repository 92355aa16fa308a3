#pragma once
// A service that contestants call: Redis, PostgreSQL, or the stand-in for HTTP services.

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
  std::optional<std::string> version;       // as reported by the service
  std::unique_ptr<running_server> process;  // null = the user's own
};

// Where the suite runs a service.
struct service_environment {
  std::filesystem::path bin;     // of programs built here
  std::filesystem::path folder;  // for its data
  std::filesystem::path logs;    // for its output
  std::vector<int> cpus;         // empty = not pinned
  std::stop_token stop;
};

}  // namespace tvl::suite
