#pragma once
// The processes of a server that runs already, by the address at which it listens.

#include <sys/types.h>

#include <string>
#include <vector>

namespace tvl::load {

struct server_processes {
  std::vector<pid_t> roots;  // for a meter; empty = unknown
  std::string why_none;      // empty also if the address is of another machine
};

// `address` is numeric, or the path of a Unix socket, which has no port. A path that is not the one that was bound is
// connected to once. Those in the tree of `pid` without its
// launchers, if a process of it listens there. Where that cannot be seen, `pid` alone: its descriptors may not be read,
// it is in another network namespace (a container), or the address is of another machine.
server_processes processes_below(pid_t pid, const std::string& address, int port);

// Every process of this machine that listens there, with its descendants.
server_processes processes_listening_at(const std::string& address, int port);

}  // namespace tvl::load
