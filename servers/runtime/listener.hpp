#pragma once
// Listening sockets and the options of accepted ones, equal for all contestants.

#include <string>

namespace tvl::runtime {

// What most Linux machines use. It moves the CPU of a request by several percent, so every run states its own.
inline constexpr char usual_congestion_control[] = "cubic";

// A listening TCP socket with SO_REUSEADDR and the longest backlog; `shared`: SO_REUSEPORT, the kernel distributes
// connections among the sockets of the port. Accepted sockets inherit the congestion control; where the kernel does not
// have the usual one, they have the kernel's own. Throws std::system_error; what() names the address,
// or the congestion control.
int listen_on(const std::string& address, unsigned short port, bool shared = false,
              const std::string& congestion_control = usual_congestion_control);

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
