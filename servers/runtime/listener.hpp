#pragma once
// Listening sockets and the options of accepted ones, equal for all contestants.

#include <string>

namespace tvl::runtime {

// A listening TCP socket with SO_REUSEADDR and the longest backlog; `shared`: SO_REUSEPORT, the kernel distributes
// connections among the sockets of the port. Throws std::system_error; what() names the address.
int listen_on(const std::string& address, unsigned short port, bool shared = false);

// The port a socket is bound to.
unsigned short port_of(int socket);

// TCP_NODELAY: a reply is one write and must not wait for the ACK of the previous one.
void prepare_accepted(int socket);

// Reaction to a failed accept().
enum class accept_failure {
  again,     // the client has already gone
  back_off,  // out of descriptors or memory: wait, an immediate retry would spin
  stop,      // the listener was shut down
};
// Prints the first back_off of a process on stderr.
accept_failure judge_accept(int error);

// Raises the soft limit of open files to the hard limit.
void raise_descriptor_limit();

}  // namespace tvl::runtime
