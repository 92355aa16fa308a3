#include "bench/suite/processes/spawn.hpp"

#include "bench/suite/processes/installed_programs.hpp"

#include <boost/process/args.hpp>
#include <boost/process/child.hpp>
#include <boost/process/env.hpp>
#include <boost/process/environment.hpp>
#include <boost/process/exe.hpp>
#include <boost/process/extend.hpp>
#include <boost/process/io.hpp>
#include <boost/process/start_dir.hpp>

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <grp.h>
#include <memory>
#include <stdexcept>
#include <system_error>

namespace tvl::suite {
namespace {

namespace bp = boost::process;

// Runs in the child between fork and exec: only async-signal-safe calls.
struct child_setup : bp::extend::handler {
  pid_t suite;
  cpu_set_t cpus;
  bool pinned;
  std::optional<account> run_as;
  int stop_signal;

  template <class Executor>
  void on_exec_setup(Executor&) const {
    setsid();
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);
    if (pinned) sched_setaffinity(0, sizeof cpus, &cpus);
    if (run_as && (setgroups(0, nullptr) != 0 || setgid(run_as->group) != 0 || setuid(run_as->user) != 0)) _exit(126);
    // After setuid(), which clears it. Not SIGKILL, so that a parent can end its workers.
    prctl(PR_SET_PDEATHSIG, stop_signal);
    if (getppid() != suite) _exit(127);  // the suite died before prctl()
  }
};

child_setup setup_for(const new_process& how) {
  child_setup setup;
  setup.suite = getpid();
  setup.pinned = !how.cpus.empty();
  setup.run_as = how.run_as;
  setup.stop_signal = how.stop_signal;
  CPU_ZERO(&setup.cpus);
  for (const int cpu : how.cpus) CPU_SET(cpu, &setup.cpus);
  return setup;
}

using file = std::unique_ptr<FILE, int (*)(FILE*)>;

file file_of(int fd) {
  file opened(fdopen(fcntl(fd, F_DUPFD_CLOEXEC, 3), "a"), &std::fclose);
  if (!opened) throw std::system_error(errno, std::generic_category(), "cannot open a pipe");
  return opened;
}

}  // namespace

pid_t spawn(const new_process& how) {
  const auto& name = how.words.front();
  const auto program = name.find('/') == std::string::npos ? find_program(name) : std::filesystem::path(name);
  if (program.empty()) throw std::runtime_error("'" + name + "' is not on PATH");
  const auto out = file_of(how.out), err = file_of(how.err);
  try {
    bp::environment environment = boost::this_process::environment();
    for (const auto& [key, value] : how.env) environment[key] = value;
    const auto folder = how.cwd.empty() ? std::string(".") : how.cwd.string();
    bp::child child(bp::exe = program.string(), bp::args = std::vector(how.words.begin() + 1, how.words.end()),
                    environment, bp::start_dir = folder, bp::std_in<bp::null, bp::std_out> out.get(),
                    bp::std_err > err.get(), setup_for(how));
    const pid_t pid = child.id();
    child.detach();
    return pid;
  } catch (const bp::process_error& error) {
    throw std::runtime_error("cannot start " + program.string() + ": " + error.code().message());
  }
}

}  // namespace tvl::suite
