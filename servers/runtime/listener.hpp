#pragma once
// The listening socket and the options of every accepted one: the same for all contestants.

#include <string>

namespace tvl::runtime {

// A listening TCP socket with SO_REUSEADDR and the longest backlog the kernel allows; `shared` with others on the same
// port (SO_REUSEPORT), among which the kernel deals out the connections.
// Throws std::system_error; what() names the address.
int listen_on(const std::string& address, unsigned short port, bool shared = false);

// The port a socket is bound to.
unsigned short port_of(int socket);

// TCP_NODELAY: a reply is written in one piece and must not wait for the ACK of the one before.
void prepare_accepted(int socket);

// What to do about a failed accept().
enum class accept_failure {
  again,     // the peer was gone already
  back_off,  // no descriptors or memory left: wait for some to be given back; asking at once would only spin
  stop,      // the listener was shut down
};
// The first back_off of a process is said on stderr.
accept_failure judge_accept(int error);

// Raises the soft limit of open files to the hard one.
void raise_descriptor_limit();

}  // namespace tvl::runtime
