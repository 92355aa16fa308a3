#include "servers/runtime/free_port.hpp"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <random>
#include <system_error>

namespace tvl::suite {
namespace {

constexpr int lowest = 10'000, highest = 32'000;
constexpr int tries = 100;

// Returns 0 or an errno.
int try_bind(int port, bool after_others) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return errno;
  const int on = after_others;
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<in_port_t>(port));
  const bool ok = setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
                  bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  const int error = ok ? 0 : errno;
  close(fd);
  return error;
}

}  // namespace

int unused_port() {
  static std::mt19937 random(std::random_device{}());
  std::uniform_int_distribution<int> any(lowest, highest);
  int error = 0;
  for (int i = 0; i < tries; ++i) {
    const int port = any(random);
    error = try_bind(port, false);
    if (error == 0) return port;
  }
  throw std::system_error(error, std::generic_category(), "no free port");
}

void check_unused(int port) {
  if (const int error = try_bind(port, true); error != 0)
    throw std::system_error(error, std::generic_category(), "no free port");
}

}  // namespace tvl::suite
