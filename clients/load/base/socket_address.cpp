#include "clients/load/base/socket_address.hpp"

#include "clients/load/base/descriptor.hpp"

#include <netdb.h>
#include <poll.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>

namespace tvl::load {
namespace {

constexpr int patience_ms = 1000;

constexpr bool is_loopback(std::uint32_t address) { return address >> 24 == 127; }  // in host order

}  // namespace

socket_address::socket_address(const sockaddr* name, socklen_t size) : size_(size) { std::memcpy(&name_, name, size); }

socket_address socket_address::of_unix_socket(const std::string& path) {
  if (path.size() > longest_path) throw std::length_error("path of a Unix socket");
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  path.copy(name.sun_path, longest_path);
  return {reinterpret_cast<const sockaddr*>(&name), sizeof name};
}

bool socket_address::is_loopback_ipv4() const {
  return family() == AF_INET && is_loopback(ntohl(reinterpret_cast<const sockaddr_in*>(&name_)->sin_addr.s_addr));
}

bool socket_address::is_local() const {
  if (family() == AF_UNIX) return true;
  if (family() != AF_INET6) return is_loopback_ipv4();
  const in6_addr& address = reinterpret_cast<const sockaddr_in6*>(&name_)->sin6_addr;
  if (IN6_IS_ADDR_LOOPBACK(&address)) return true;
  return IN6_IS_ADDR_V4MAPPED(&address) && address.s6_addr[12] == 127;
}

std::string socket_address::text() const {
  if (family() == AF_UNIX) return reinterpret_cast<const sockaddr_un*>(&name_)->sun_path;
  char text[NI_MAXHOST] = {};
  return ::getnameinfo(name(), size_, text, sizeof text, nullptr, 0, NI_NUMERICHOST) == 0 ? text : "";
}

bool accepts(const socket_address& to) {
  const descriptor socket(::socket(to.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (socket.get() < 0) return false;
  if (::connect(socket.get(), to.name(), to.size()) == 0) return true;
  if (errno != EINPROGRESS) return false;
  pollfd writable{socket.get(), POLLOUT, 0};
  if (::poll(&writable, 1, patience_ms) != 1) return false;
  int error = 0;
  socklen_t size = sizeof error;
  return ::getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error == 0;
}

}  // namespace tvl::load
