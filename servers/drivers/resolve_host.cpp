#include "servers/drivers/resolve_host.hpp"

#include <netdb.h>
#include <sys/socket.h>

#include <array>

namespace tvl::waits {

std::optional<std::string> resolve_host(const std::string& host) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (::getaddrinfo(host.c_str(), nullptr, &hints, &found) != 0) return std::nullopt;
  std::array<char, NI_MAXHOST> numeric{};
  const int error =
      ::getnameinfo(found->ai_addr, found->ai_addrlen, numeric.data(), numeric.size(), nullptr, 0, NI_NUMERICHOST);
  ::freeaddrinfo(found);
  return error == 0 ? std::optional<std::string>(numeric.data()) : std::nullopt;
}

}  // namespace tvl::waits
