#include "bench/suite/processes/listening_sockets.hpp"

#include "clients/load/base/congestion_control.hpp"
#include "clients/load/base/descriptor.hpp"
#include "clients/load/meter/process_tree.hpp"

#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <system_error>
#include <vector>

namespace tvl::suite {
namespace {

// "socket:[INODE]", as /proc/PID/fd shows it, of each socket that listens at the port.
std::set<std::string> listening_at(int port) {
  std::set<std::string> found;
  for (const char* file : {"/proc/net/tcp", "/proc/net/tcp6"}) {
    std::ifstream in(file);
    std::string line;
    std::getline(in, line);  // the heading
    while (std::getline(in, line)) {
      std::istringstream words(line);
      std::string number, local, remote, state, queues, timer, retransmits, user, timeout, inode;
      words >> number >> local >> remote >> state >> queues >> timer >> retransmits >> user >> timeout >> inode;
      if (state != "0A") break;  // the kernel lists listening sockets first, before perhaps 100,000 others
      if (std::stoi(local.substr(local.rfind(':') + 1), nullptr, 16) == port) found.insert("socket:[" + inode + "]");
    }
  }
  return found;
}

// The descriptors of a process that refer to one of the sockets. None for a process that has ended meanwhile; the loop
// over a directory_iterator would throw.
std::vector<int> descriptors_of(pid_t pid, const std::set<std::string>& sockets) {
  std::vector<int> found;
  std::error_code ended, closed;
  std::filesystem::directory_iterator entry("/proc/" + std::to_string(pid) + "/fd", ended), end;
  for (; !ended && entry != end; entry.increment(ended)) {
    if (sockets.contains(std::filesystem::read_symlink(entry->path(), closed).string()))
      found.push_back(std::stoi(entry->path().filename().string()));
  }
  return found;
}

// Of none, with errno set: the process or its descriptor is gone (ESRCH, EBADF), or this user has no right to it.
load::descriptor duplicate(pid_t pid, int fd) {
  const load::descriptor process(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  if (process.get() < 0) return {};
  return load::descriptor(static_cast<int>(::syscall(SYS_pidfd_getfd, process.get(), fd, 0)));
}

}  // namespace

std::optional<std::string> set_congestion_control(pid_t root, int port, const std::string& name) {
  const auto sockets = listening_at(port);
  std::optional<std::string> found;
  for (const auto& process : load::process_tree(root)) {
    for (const int fd : descriptors_of(process.pid, sockets)) {
      const auto socket = duplicate(process.pid, fd);
      if (socket.get() < 0 && (errno == ESRCH || errno == EBADF)) continue;
      load::set_congestion_control(socket.get(), name);
      const auto now = load::congestion_control_of(socket.get());
      if (now.empty()) return std::nullopt;
      if (!found || now != name) found = now;
    }
  }
  return found;
}

}  // namespace tvl::suite
