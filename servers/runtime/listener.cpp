#include "servers/runtime/listener.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <iostream>
#include <system_error>

namespace tvl::runtime {
namespace {

[[noreturn]] void fail(int socket, const std::string& what) {
  const int error = errno;
  if (socket >= 0) ::close(socket);
  throw std::system_error(error, std::system_category(), what);
}

// Once per process: the shortage lasts for thousands of connections. One write, as several threads may accept.
void report_shortage(int error) {
  static std::atomic_flag reported;
  if (reported.test_and_set()) return;
  std::cerr << std::string(program_invocation_short_name) + ": cannot accept a connection: " + std::strerror(error) +
                   ": connections wait until resources are freed\n";
}

}  // namespace

int listen_on(const std::string& address, unsigned short port, bool shared, const std::string& congestion_control) {
  const std::string what = "cannot listen on " + address + ":" + std::to_string(port);
  sockaddr_in name{};
  name.sin_family = AF_INET;
  name.sin_port = htons(port);
  if (::inet_pton(AF_INET, address.c_str(), &name.sin_addr) != 1) {
    errno = EINVAL;
    fail(-1, what);
  }
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (socket < 0) fail(socket, what);
  const int on = 1;
  ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (shared) ::setsockopt(socket, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
  const auto size = static_cast<socklen_t>(congestion_control.size());
  if (::setsockopt(socket, IPPROTO_TCP, TCP_CONGESTION, congestion_control.c_str(), size) != 0 &&
      congestion_control != usual_congestion_control)
    fail(socket, "congestion control " + congestion_control);
  if (::bind(socket, reinterpret_cast<const sockaddr*>(&name), sizeof name) != 0) fail(socket, what);
  if (::listen(socket, 65535) != 0) fail(socket, what);  // the kernel limits it to net.core.somaxconn
  return socket;
}

unsigned short port_of(int socket) {
  sockaddr_in name{};
  socklen_t size = sizeof name;
  if (::getsockname(socket, reinterpret_cast<sockaddr*>(&name), &size) != 0) fail(-1, "getsockname");
  return ntohs(name.sin_port);
}

void prepare_accepted(int socket) {
  const int on = 1;
  ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

accept_failure judge_accept(int error) {
  switch (error) {
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOMEM:
      report_shortage(error);
      return accept_failure::back_off;
    case EINVAL:
    case EBADF:
      return accept_failure::stop;
    default:
      return accept_failure::again;
  }
}

void raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == limit.rlim_max) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace tvl::runtime
