#include "clients/load/run/generator_process.hpp"

#include "clients/load/base/stop_on_signal.hpp"

#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <spawn.h>
#include <system_error>

namespace tvl::load {
namespace {

// Runs `program --share` with `end` as its three standard descriptors, and no signal ignored but SIGHUP of nohup. The
// stop signals stay blocked until it waits for them: one that comes before would end it without a point.
pid_t start(const std::string& program, int end) {
  posix_spawn_file_actions_t files;
  ::posix_spawn_file_actions_init(&files);
  for (const int standard : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    ::posix_spawn_file_actions_adddup2(&files, end, standard);
  posix_spawnattr_t manner;
  ::posix_spawnattr_init(&manner);
  const sigset_t stops = stop_signals();
  sigset_t usual;
  ::sigfillset(&usual);
  if (::sigismember(&stops, SIGHUP) == 0) ::sigdelset(&usual, SIGHUP);
  ::posix_spawnattr_setsigmask(&manner, &stops);
  ::posix_spawnattr_setsigdefault(&manner, &usual);
  ::posix_spawnattr_setflags(&manner, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  std::string name = program, flag = "--share";
  char* arguments[] = {name.data(), flag.data(), nullptr};
  pid_t pid = 0;
  const int error = ::posix_spawn(&pid, program.c_str(), &files, &manner, arguments, environ);
  ::posix_spawnattr_destroy(&manner);
  ::posix_spawn_file_actions_destroy(&files);
  if (error != 0) throw std::system_error(error, std::system_category(), "cannot start " + program);
  return pid;
}

}  // namespace

generator_process::generator_process(const std::filesystem::path& program) {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
    throw std::system_error(errno, std::system_category(), "socketpair");
  socket_ = descriptor(ends[0]);
  const descriptor theirs(ends[1]);
  pid_ = start(program, theirs.get());
}

generator_process::~generator_process() {
  if (pid_ == 0) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

void generator_process::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return;
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
}

void generator_process::signal(int number) {
  if (pid_ != 0) ::kill(pid_, number);
}

void generator_process::receive() {
  std::array<char, 64 << 10> bytes;
  for (;;) {
    const ssize_t n = ::recv(socket_.get(), bytes.data(), bytes.size(), MSG_DONTWAIT);
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

std::optional<std::string> generator_process::next_line() {
  const auto end = received_.find('\n');
  if (end == received_.npos) return std::nullopt;
  std::string line = received_.substr(0, end);
  received_.erase(0, end + 1);
  return line;
}

std::string generator_process::exit_status() {
  int status = 0;
  while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  pid_ = 0;
  return WIFSIGNALED(status) ? "signal " + std::to_string(WTERMSIG(status))
                             : "exit code " + std::to_string(WEXITSTATUS(status));
}

}  // namespace tvl::load
