#include "bench/suite/processes/server_sockets.hpp"

#include "clients/load/base/congestion_control.hpp"
#include "clients/load/base/descriptor.hpp"
#include "clients/load/meter/listening_sockets.hpp"

#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

namespace tvl::suite {
namespace {

// Of none, with errno set: the process or its descriptor is gone (ESRCH, EBADF), or this user has no right to it.
load::descriptor duplicate(pid_t pid, int fd) {
  const load::descriptor process(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  if (process.get() < 0) return {};
  return load::descriptor(static_cast<int>(::syscall(SYS_pidfd_getfd, process.get(), fd, 0)));
}

}  // namespace

std::optional<std::string> set_congestion_control(const std::vector<load::process>& processes, int port,
                                                  const std::string& name) {
  auto sockets = load::listening_sockets();
  std::erase_if(sockets, [port](const load::listening_socket& s) { return s.port != port; });
  std::optional<std::string> found;
  for (const auto& process : processes) {
    const auto descriptors = load::descriptors_of(process.pid, sockets);
    if (!descriptors) continue;
    for (const int fd : *descriptors) {
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
