#pragma once
// The address of a server: IPv4, IPv6 or a Unix socket.

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cstddef>
#include <string>

namespace tvl::load {

class socket_address {
 public:
  socket_address() = default;
  // As the kernel or the resolver gives it.
  socket_address(const sockaddr* name, socklen_t size);
  // Throws std::length_error: a path longer than longest_path.
  static socket_address of_unix_socket(const std::string& path);
  static constexpr std::size_t longest_path = sizeof(sockaddr_un::sun_path) - 1;

  int family() const { return name_.ss_family; }
  const sockaddr* name() const { return reinterpret_cast<const sockaddr*>(&name_); }
  socklen_t size() const { return size_; }
  bool is_tcp() const { return family() != AF_UNIX; }
  // In 127.0.0.0/8, as the address itself: towards these, connections can have many source addresses.
  bool is_loopback_ipv4() const;
  // Of this machine: 127.0.0.0/8, ::1, a Unix socket.
  bool is_local() const;
  std::string text() const;  // numeric, without the port; of a Unix socket its path

 private:
  sockaddr_storage name_{};
  socklen_t size_ = 0;
};

// False when a connection is refused, not possible, or not there within a second.
bool accepts(const socket_address&);

}  // namespace tvl::load
