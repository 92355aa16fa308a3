#include "clients/load/plan/source_addresses.hpp"

#include "clients/load/base/descriptor.hpp"

#include <arpa/inet.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <unordered_set>

namespace tvl::load {
namespace {

constexpr std::uint64_t most_sources = 4096;  // 28,232 ports each are more connections than any machine holds

// In host order, as ranges are counted.
std::uint32_t parse_address(const std::string& text) {
  in_addr result{};
  if (::inet_pton(AF_INET, text.c_str(), &result) != 1)
    throw bad_plan("'" + text + "' in the sources is not an IPv4 address");
  return ntohl(result.s_addr);
}

void append(const std::string& item, std::vector<in_addr>& to) {
  const auto dash = item.find('-');
  const std::uint64_t first = parse_address(item.substr(0, dash));
  const std::uint64_t last = dash == item.npos ? first : parse_address(item.substr(dash + 1));
  if (last < first) throw bad_plan("'" + item + "' in the sources runs backwards");
  if (to.size() + last - first + 1 > most_sources)
    throw bad_plan("the sources are more than " + std::to_string(most_sources) + " addresses");
  for (auto address = first; address <= last; ++address) to.push_back({htonl(static_cast<std::uint32_t>(address))});
}

std::string to_text(in_addr address) {
  char text[INET_ADDRSTRLEN];
  ::inet_ntop(AF_INET, &address, text, sizeof text);
  return text;
}

void check(const std::vector<in_addr>& sources) {
  std::unordered_set<in_addr_t> seen;
  for (const auto address : sources) {
    if (!seen.insert(address.s_addr).second) throw bad_plan(to_text(address) + " is in the sources twice");
    const descriptor trial(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (trial.get() < 0 || !bind_source(trial.get(), address))
      throw bad_plan("cannot send from " + to_text(address) + ": " + std::strerror(errno));
  }
}

std::string grouped(std::uint64_t number) {
  std::string digits = std::to_string(number);
  for (auto at = static_cast<int>(digits.size()) - 3; at > 0; at -= 3) digits.insert(static_cast<std::size_t>(at), ",");
  return digits;
}

std::string counted(std::uint64_t number, const std::string& noun) {
  return std::to_string(number) + ' ' + noun + (number == 1 ? "" : "s");
}

}  // namespace

std::vector<in_addr> parse_sources(const std::string& text) {
  std::vector<in_addr> result;
  for (std::size_t at = 0; at <= text.size();) {
    const auto comma = std::min(text.find(',', at), text.size());
    append(text.substr(at, comma - at), result);
    at = comma + 1;
  }
  check(result);
  return result;
}

bool bind_source(int socket, in_addr address) {
  const int on = 1;
  sockaddr_in name{};
  name.sin_family = AF_INET;
  name.sin_addr = address;
  return ::setsockopt(socket, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on) == 0 &&
         ::bind(socket, reinterpret_cast<const sockaddr*>(&name), sizeof name) == 0;
}

std::string budget::line(std::uint64_t asked) const {
  return "budget: " + (processes > 1 ? std::to_string(processes) + " processes x " : "") + grouped(descriptors) +
         " descriptors (RLIMIT_NOFILE hard " + std::to_string(open_files) + "), " + (ports ? grouped(*ports) : "n/a") +
         " ports x " + counted(sources, "source") + (targets > 1 ? " x " + counted(targets, "target") : "") +
         "; asked " + grouped(asked);
}

void budget::check(std::uint64_t asked) const {
  if (asked > descriptors * processes)
    throw over_limit("RLIMIT_NOFILE hard",
                     std::to_string(asked) + " connections need " +
                         std::to_string(asked + processes * spare_descriptors) +
                         " descriptors, the limit of open files is " + std::to_string(open_files) + " (ulimit -Hn)" +
                         (processes > 1 ? " in each of " + std::to_string(processes) + " processes" : ""));
  if (ports && asked > *ports * sources * targets)
    throw over_limit("net.ipv4.ip_local_port_range",
                     std::to_string(asked) + " connections need as many ports, ip_local_port_range has " +
                         std::to_string(*ports) + " for each of " + counted(sources, "source") + " (--sources)");
}

budget claim_budget(std::size_t sources, std::size_t targets) {
  rlimit files{};
  ::getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &files);
  budget result;
  result.open_files = files.rlim_max;
  result.descriptors = files.rlim_max - std::min<rlim_t>(files.rlim_max, spare_descriptors);
  result.sources = std::max<std::size_t>(sources, 1);
  result.targets = targets;
  std::uint64_t low = 0, high = 0;
  if (std::ifstream("/proc/sys/net/ipv4/ip_local_port_range") >> low >> high) result.ports = high - low + 1;
  return result;
}

}  // namespace tvl::load
