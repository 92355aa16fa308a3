#pragma once
// The TCP congestion control of a socket. It moves the CPU of a request by several percent, so every run states its
// own.

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <string>

namespace tvl::load {

// What most Linux machines use.
inline constexpr char usual_congestion_control[] = "cubic";

// False, with errno set: the kernel does not have it, or does not let this user choose it.
inline bool set_congestion_control(int socket, const std::string& name) {
  return ::setsockopt(socket, IPPROTO_TCP, TCP_CONGESTION, name.c_str(), static_cast<socklen_t>(name.size())) == 0;
}

// Empty = unknown.
inline std::string congestion_control_of(int socket) {
  char name[16] = {};  // TCP_CA_NAME_MAX
  socklen_t size = sizeof name - 1;
  return ::getsockopt(socket, IPPROTO_TCP, TCP_CONGESTION, name, &size) == 0 ? name : "";
}

}  // namespace tvl::load
