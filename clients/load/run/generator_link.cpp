#include "clients/load/run/generator_link.hpp"

#include <sys/socket.h>

#include <array>
#include <cerrno>

namespace tvl::load {

void generator_link::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::send(socket(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return;
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
}

void generator_link::receive() {
  std::array<char, 64 << 10> bytes;
  for (;;) {
    const ssize_t n = ::recv(socket(), bytes.data(), bytes.size(), MSG_DONTWAIT);
    if (n > 0)
      received_.append(bytes.data(), static_cast<std::size_t>(n));
    else if (n < 0 && errno == EINTR)
      continue;
    else {
      // A killed process with unread input resets the connection.
      closed_ = n == 0 || errno != EAGAIN;
      return;
    }
  }
}

std::optional<std::string> generator_link::next_line() {
  const auto end = received_.find('\n');
  if (end == received_.npos) return std::nullopt;
  std::string line = received_.substr(0, end);
  received_.erase(0, end + 1);
  return line;
}

std::optional<std::string> generator_link::next_bytes(std::size_t size) {
  if (received_.size() < size) return std::nullopt;
  std::string bytes = received_.substr(0, size);
  received_.erase(0, size);
  return bytes;
}

}  // namespace tvl::load
