#pragma once
// Which sockets of this machine listen, and which processes hold them.

#include "clients/load/meter/process_tree.hpp"

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

namespace tvl::load {

struct listening_socket {
  std::string address;  // numeric; of a Unix socket its path
  int port = 0;         // 0 = a Unix socket
  std::string inode;    // "socket:[NUMBER]", as /proc/PID/fd shows it
  bool is_v6 = false;   // "::" takes IPv4, too, unless the server forbids it

  bool takes_all() const { return address == "0.0.0.0" || address == "::"; }
};

// Those of this network namespace: TCP, then Unix sockets with a path.
std::vector<listening_socket> listening_sockets();

// "127.0.0.1:80", "[::1]:80" or "unix:/path".
std::string to_text(const listening_socket&);

struct socket_holders {
  std::vector<pid_t> pids;                // in the order of the processes
  std::vector<listening_socket> sockets;  // those of the given ones that they hold
  bool all_seen = true;                   // false = the descriptors of a process may not be read: it may hold one, too
};

// Which of the processes hold one of the sockets.
socket_holders holders_of(const std::vector<listening_socket>&, const std::vector<process>&);

// The descriptors of a process that refer to one of the sockets; empty = they may not be read. None for a process that
// has ended.
std::optional<std::vector<int>> descriptors_of(pid_t, const std::vector<listening_socket>&);

// The name of its program, printable; "?" = it has ended.
std::string name_of(pid_t);
// "PID (NAME)"
std::string named(pid_t);

}  // namespace tvl::load
