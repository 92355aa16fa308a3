#include "clients/load/meter/server_processes.hpp"

#include "clients/load/base/descriptor.hpp"
#include "clients/load/meter/listening_sockets.hpp"
#include "clients/load/meter/metered_processes.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <optional>
#include <system_error>

namespace tvl::load {
namespace {

bool can_bind(int family, const sockaddr* address, socklen_t size) {
  const descriptor socket(::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0));
  return socket.get() >= 0 && ::bind(socket.get(), address, size) == 0;
}

bool is_unix(const std::string& address) { return address.starts_with('/'); }

// Only an address of this machine can be bound.
bool is_local(const std::string& address) {
  sockaddr_in v4{};
  v4.sin_family = AF_INET;
  if (inet_pton(AF_INET, address.c_str(), &v4.sin_addr) == 1)
    return can_bind(AF_INET, reinterpret_cast<sockaddr*>(&v4), sizeof v4);
  sockaddr_in6 v6{};
  v6.sin6_family = AF_INET6;
  if (inet_pton(AF_INET6, address.c_str(), &v6.sin6_addr) == 1)
    return can_bind(AF_INET6, reinterpret_cast<sockaddr*>(&v6), sizeof v6);
  return is_unix(address);
}

// The process that called listen(); none = it cannot be told.
std::optional<process> listener_of(const std::string& path) {
  sockaddr_un to{};
  to.sun_family = AF_UNIX;
  if (path.size() >= sizeof to.sun_path) return std::nullopt;
  std::ranges::copy(path, to.sun_path);
  // A full backlog would block.
  const descriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (::connect(socket.get(), reinterpret_cast<sockaddr*>(&to), sizeof to) != 0) return std::nullopt;
  ucred peer{};
  socklen_t size = sizeof peer;
  if (::getsockopt(socket.get(), SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return std::nullopt;
  return read_process(peer.pid);
}

// The kernel lists a socket under the path that was bound, which may be relative or lead through a link.
std::vector<listening_socket> under_another_path(const std::string& path, const std::vector<listening_socket>& all) {
  const auto listener = listener_of(path);
  if (!listener) return {};
  std::error_code unknown;
  const auto file = std::filesystem::canonical(path, unknown).filename();
  auto held = holders_of(all, {*listener}).sockets;
  std::erase_if(held, [&](const listening_socket& s) {
    return s.port != 0 || std::filesystem::path(s.address).filename() != file;
  });
  return held;
}

std::vector<listening_socket> sockets_at(const std::string& address, int port) {
  if (is_unix(address)) port = 0;
  const auto all = listening_sockets();
  std::vector<listening_socket> sockets;
  std::ranges::copy_if(all, std::back_inserter(sockets), [&](const listening_socket& s) {
    return s.port == port && (s.address == address || (port != 0 && s.takes_all()));
  });
  return sockets.empty() && is_unix(address) ? under_another_path(address, all) : sockets;
}

bool in_another_network(pid_t pid) {
  std::error_code refused;
  const auto theirs = std::filesystem::read_symlink("/proc/" + std::to_string(pid) + "/ns/net", refused);
  return !refused && theirs != std::filesystem::read_symlink("/proc/self/ns/net", refused);
}

std::string place(const std::string& address, int port) {
  return to_text({address, is_unix(address) ? 0 : port, "", address.find(':') != address.npos});
}

// The load itself would count as the server's.
bool contains_this(pid_t root) {
  return std::ranges::any_of(process_tree(root), [](const process& p) { return p.pid == getpid(); });
}

server_processes unless_this(std::vector<pid_t> roots) {
  if (contains_this(roots.front())) return {{}, "process " + named(roots.front()) + " started this program, too"};
  std::erase_if(roots, contains_this);  // of a shell that has started both
  return {std::move(roots), ""};
}

}  // namespace

server_processes processes_below(pid_t pid, const std::string& address, int port) {
  const auto tree = process_tree(pid);
  if (tree.empty()) return {{}, "there is no process " + std::to_string(pid)};
  const auto sockets = sockets_at(address, port);
  const auto held = holders_of(sockets, tree);
  if (!held.pids.empty()) return unless_this(without_launchers(tree, held.pids).roots);
  if (!held.all_seen || !is_local(address) || in_another_network(pid)) return unless_this({pid});
  auto text = "process " + named(pid) + " does not listen on " + place(address, port);
  const auto others = holders_of(sockets, all_processes()).pids;
  return {{}, others.empty() ? text : text + ", but process " + named(others.front()) + " does"};
}

server_processes processes_listening_at(const std::string& address, int port) {
  if (!is_local(address)) return {};
  const auto all = all_processes();
  const auto held = holders_of(sockets_at(address, port), all);
  if (!held.pids.empty()) return unless_this(tops(all, held.pids));
  return {{},
          "which process listens on " + place(address, port) +
              (held.all_seen ? " cannot be seen from here" : " may be seen by root and by its user, or give --pid")};
}

}  // namespace tvl::load
