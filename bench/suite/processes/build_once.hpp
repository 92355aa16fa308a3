#pragma once
// The build of a contestant: the commands of its manifest's `build`, once in the life of this process.

#include "bench/suite/processes/launched_server.hpp"

namespace tvl::suite {

// Runs how.build, one command after another, in the folder and environment of the server. What they print, at most its
// last 64 KiB, is in NAME.build among the logs. Throws server_failed with the last lines when one fails, and again on
// every later call; throws run_stopped. Processes that a command leaves behind in its process group are killed.
void build_once(const launch& how);

}  // namespace tvl::suite
