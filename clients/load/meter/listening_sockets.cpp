#include "clients/load/meter/listening_sockets.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string_view>
#include <system_error>

namespace tvl::load {
namespace {

// The kernel prints each 32-bit word of the address as a number of this machine's byte order.
std::string address_of(const std::string& digits) {
  std::array<std::uint32_t, 4> words{};
  const std::size_t count = std::min(digits.size() / 8, words.size());
  for (std::size_t i = 0; i < count; ++i)
    words[i] = static_cast<std::uint32_t>(std::stoul(digits.substr(8 * i, 8), nullptr, 16));
  std::array<char, INET6_ADDRSTRLEN> text{};
  inet_ntop(count == 1 ? AF_INET : AF_INET6, words.data(), text.data(), text.size());
  return text.data();
}

constexpr std::string_view v4_mapped = "::ffff:";

void add_tcp(const char* file, bool is_v6, std::vector<listening_socket>& found) {
  std::ifstream in(file);
  std::string line;
  std::getline(in, line);  // the heading
  while (std::getline(in, line)) {
    std::istringstream words(line);
    std::string number, local, remote, state, queues, timer, retransmits, timeout, user, inode;
    words >> number >> local >> remote >> state >> queues >> timer >> retransmits >> user >> timeout >> inode;
    if (state != "0A") break;  // the kernel lists listening sockets first, before perhaps 100,000 others
    const auto colon = local.rfind(':');
    auto address = address_of(local.substr(0, colon));
    const bool mapped = address.starts_with(v4_mapped) && address.find('.') != address.npos;  // as Java listens
    if (mapped) address.erase(0, v4_mapped.size());
    found.push_back(
        {address, std::stoi(local.substr(colon + 1), nullptr, 16), "socket:[" + inode + "]", is_v6 && !mapped});
  }
}

void add_unix(std::vector<listening_socket>& found) {
  std::ifstream in("/proc/net/unix");
  std::string line;
  std::getline(in, line);  // the heading
  while (std::getline(in, line)) {
    std::istringstream words(line);
    std::string address, references, protocol, flags, type, state, inode, path;
    words >> address >> references >> protocol >> flags >> type >> state >> inode;
    std::getline(words >> std::ws, path);
    const bool listens = flags == "00010000";  // __SO_ACCEPTCON of the kernel
    if (listens && !path.empty()) found.push_back({path, 0, "socket:[" + inode + "]", false});
  }
}

}  // namespace

std::vector<listening_socket> listening_sockets() {
  std::vector<listening_socket> found;
  add_tcp("/proc/net/tcp", false, found);
  add_tcp("/proc/net/tcp6", true, found);
  add_unix(found);
  return found;
}

std::string to_text(const listening_socket& s) {
  if (s.port == 0) return "unix:" + s.address;
  return (s.is_v6 ? "[" + s.address + "]" : s.address) + ":" + std::to_string(s.port);
}

namespace {

// Every descriptor of the process that is one of the sockets, with the socket's place in the list.
using held_sockets = std::vector<std::pair<int, std::size_t>>;

// The loop over a directory_iterator would throw for a process that ends meanwhile.
std::optional<held_sockets> held_by(pid_t pid, const std::map<std::string, std::size_t>& wanted) {
  held_sockets held;
  std::error_code failed, closed;
  std::filesystem::directory_iterator entry("/proc/" + std::to_string(pid) + "/fd", failed), end;
  if (failed == std::errc::permission_denied) return std::nullopt;
  for (; !failed && entry != end; entry.increment(failed)) {
    const auto found = wanted.find(std::filesystem::read_symlink(entry->path(), closed).string());
    if (found != wanted.end()) held.emplace_back(std::stoi(entry->path().filename().string()), found->second);
  }
  return held;
}

std::map<std::string, std::size_t> by_inode(const std::vector<listening_socket>& sockets) {
  std::map<std::string, std::size_t> places;
  for (std::size_t i = 0; i < sockets.size(); ++i) places.emplace(sockets[i].inode, i);
  return places;
}

}  // namespace

socket_holders holders_of(const std::vector<listening_socket>& sockets, const std::vector<process>& processes) {
  socket_holders found;
  const auto wanted = by_inode(sockets);
  std::set<std::size_t> places;
  for (const auto& p : processes) {
    if (p.state == 'Z') continue;
    const auto held = held_by(p.pid, wanted);
    if (!held) found.all_seen = false;
    if (!held || held->empty()) continue;
    found.pids.push_back(p.pid);
    for (const auto& [descriptor, place] : *held) places.insert(place);
  }
  for (const auto place : places) found.sockets.push_back(sockets[place]);
  return found;
}

std::optional<std::vector<int>> descriptors_of(pid_t pid, const std::vector<listening_socket>& sockets) {
  const auto held = held_by(pid, by_inode(sockets));
  if (!held) return std::nullopt;
  std::vector<int> descriptors;
  for (const auto& [descriptor, place] : *held) descriptors.push_back(descriptor);
  return descriptors;
}

std::string name_of(pid_t pid) {
  auto name = read_proc("/proc/" + std::to_string(pid) + "/comm").value_or("?\n");
  name.erase(std::min(name.find('\n'), name.size()));
  std::ranges::replace_if(
      name, [](char c) { return c < ' ' || c > '~'; }, '?');
  return name;
}

std::string named(pid_t pid) { return std::to_string(pid) + " (" + name_of(pid) + ")"; }

}  // namespace tvl::load
