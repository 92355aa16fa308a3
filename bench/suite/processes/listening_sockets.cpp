#include "bench/suite/processes/listening_sockets.hpp"

#include "clients/load/base/congestion_control.hpp"
#include "clients/load/base/descriptor.hpp"
#include "clients/load/meter/process_tree.hpp"

#include <sys/syscall.h>

#include <charconv>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

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
      const bool listens = state == "0A";
      if (listens && std::stoi(local.substr(local.rfind(':') + 1), nullptr, 16) == port)
        found.insert("socket:[" + inode + "]");
    }
  }
  return found;
}

// The descriptors of a process that refer to one of the sockets.
std::vector<int> descriptors_of(pid_t pid, const std::set<std::string>& sockets) {
  std::vector<int> found;
  std::error_code gone;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/" + std::to_string(pid) + "/fd", gone)) {
    if (sockets.contains(std::filesystem::read_symlink(entry.path(), gone).string()))
      found.push_back(std::stoi(entry.path().filename().string()));
  }
  return found;
}

load::descriptor duplicate(pid_t pid, int fd) {
  const load::descriptor process(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  return load::descriptor(static_cast<int>(::syscall(SYS_pidfd_getfd, process.get(), fd, 0)));
}

}  // namespace

std::optional<std::string> set_congestion_control(pid_t root, int port, const std::string& name) {
  const auto sockets = listening_at(port);
  std::optional<std::string> found;
  for (const auto& process : load::process_tree(root)) {
    for (const int fd : descriptors_of(process.pid, sockets)) {
      const auto socket = duplicate(process.pid, fd);
      load::set_congestion_control(socket.get(), name);
      const auto now = load::congestion_control_of(socket.get());
      if (now.empty()) return std::nullopt;
      if (!found || now != name) found = now;
    }
  }
  return found;
}

}  // namespace tvl::suite
