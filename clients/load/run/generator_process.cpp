#include "clients/load/run/generator_process.hpp"

#include "clients/load/base/stop_on_signal.hpp"

#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <spawn.h>
#include <system_error>
#include <utility>

namespace tvl::load {
namespace {

// Runs `program --share` with `end` as its three standard descriptors, and no signal ignored but SIGHUP of nohup. The
// stop signals stay blocked until it waits for them: one that comes before would end it without a point.
pid_t spawn(const std::string& program, int end) {
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
  sigset_t blocked = stops;
  ::sigaddset(&blocked, SIGUSR1);  // which mpirun hands to the whole process group, for tvl-load-rank
  ::posix_spawnattr_setsigmask(&manner, &blocked);
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

generator_process::generator_process(const std::filesystem::path& program) : generator_process(start(program)) {}

generator_process::generator_process(started s) : generator_link(std::move(s.socket)), pid_(s.pid) {}

generator_process::started generator_process::start(const std::filesystem::path& program) {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
    throw std::system_error(errno, std::system_category(), "socketpair");
  descriptor ours(ends[0]);
  const descriptor theirs(ends[1]);
  return {std::move(ours), spawn(program, theirs.get())};
}

generator_process::~generator_process() {
  if (pid_ == 0) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

void generator_process::stop() {
  if (pid_ != 0) ::kill(pid_, SIGTERM);
}

std::string generator_process::how_it_ended(const std::string& name) {
  int status = 0;
  while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  pid_ = 0;
  return name + " ended early: " +
         (WIFSIGNALED(status) ? "signal " + std::to_string(WTERMSIG(status))
                              : "exit code " + std::to_string(WEXITSTATUS(status)));
}

}  // namespace tvl::load
