#include "clients/load/cluster/network.hpp"

#include "clients/load/base/bad_plan.hpp"
#include "clients/load/base/printable.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <ifaddrs.h>
#include <memory>

namespace tvl::load {
namespace {

struct ipv4_network {
  std::uint32_t address, mask;
};

ipv4_network parse(const std::string& text) {
  const auto slash = std::min(text.find('/'), text.size());
  in_addr address{};
  unsigned bits = 0;
  const char* const end = text.data() + text.size();
  const bool right = slash < text.size() && ::inet_pton(AF_INET, text.substr(0, slash).c_str(), &address) == 1 &&
                     std::from_chars(text.data() + slash + 1, end, bits).ptr == end && bits >= 1 && bits <= 32;
  if (!right) throw bad_plan("--network: " + in_quotes(text) + " is not an IPv4 network such as 10.77.0.0/24");
  return {ntohl(address.s_addr), ~std::uint32_t{0} << (32 - bits)};
}

}  // namespace

std::string own_address(const std::string& network) {
  const auto [address, mask] = parse(network);
  ifaddrs* first = nullptr;
  if (::getifaddrs(&first) != 0) throw bad_plan("cannot list the network interfaces of this host");
  const std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)> all(first, ::freeifaddrs);
  for (const auto* each = first; each != nullptr; each = each->ifa_next) {
    if (each->ifa_addr == nullptr || each->ifa_addr->sa_family != AF_INET) continue;
    sockaddr_in own{};
    std::memcpy(&own, each->ifa_addr, sizeof own);
    if ((ntohl(own.sin_addr.s_addr) & mask) != (address & mask)) continue;
    char text[INET_ADDRSTRLEN];
    return ::inet_ntop(AF_INET, &own.sin_addr, text, sizeof text);
  }
  throw bad_plan("no interface of this host is in the network " + network);
}

}  // namespace tvl::load
