#pragma once
// Which processes of a server are metered.
//
// A command may be a launcher: `go run`, `npm start`, `sh -c`. It stays above the server, waits, and has memory of its
// own. Launchers are the processes above the lowest one that has all listening processes in its tree. Everything else
// that was started is the server: a parent of several listeners, its workers, and a back end that the launcher started
// beside it.

#include "clients/load/meter/process_tree.hpp"

#include <sys/types.h>

#include <vector>

namespace tvl::load {

struct metered_processes {
  std::vector<pid_t> roots;      // of the trees of the server; first the one with the first listener
  std::vector<pid_t> launchers;  // from the top
};

// Those of the processes in `pids` that are in no other's tree.
std::vector<pid_t> tops(const std::vector<process>& all, const std::vector<pid_t>& pids);

// `started`: whole trees; `listening`: some of their processes, at least one.
metered_processes without_launchers(const std::vector<process>& started, const std::vector<pid_t>& listening);

}  // namespace tvl::load
