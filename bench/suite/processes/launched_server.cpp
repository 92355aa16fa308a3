#include "bench/suite/processes/launched_server.hpp"

#include "bench/machine/cpus.hpp"
#include "bench/suite/contestants/command_words.hpp"
#include "bench/suite/processes/installed_programs.hpp"
#include "bench/suite/processes/listening_sockets.hpp"
#include "bench/support/http_client.hpp"
#include "clients/load/base/congestion_control.hpp"
#include "servers/runtime/free_port.hpp"

#include <boost/process/args.hpp>
#include <boost/process/child.hpp>
#include <boost/process/env.hpp>
#include <boost/process/environment.hpp>
#include <boost/process/exe.hpp>
#include <boost/process/extend.hpp>
#include <boost/process/io.hpp>
#include <boost/process/start_dir.hpp>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <grp.h>
#include <memory>
#include <set>
#include <system_error>
#include <utility>

namespace tvl::suite {
namespace {

namespace bp = boost::process;
using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

// Servers that run now: children of this process that are not reparented orphans.
std::set<pid_t>& running() {
  static std::set<pid_t> pids;
  return pids;
}

// Runs in the child between fork and exec: only async-signal-safe calls.
struct child_setup : bp::extend::handler {
  pid_t suite;
  cpu_set_t cpus;
  bool pinned;
  std::optional<account> run_as;
  int stop_signal;

  template <class Executor>
  void on_exec_setup(Executor&) const {
    setsid();  // a terminal's Ctrl-C reaches only the suite, which then stops the server
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

child_setup setup_for(const launch& how) {
  child_setup setup;
  setup.suite = getpid();
  setup.pinned = !how.cpus.empty();
  setup.run_as = how.run_as;
  setup.stop_signal = how.stop_signal;
  CPU_ZERO(&setup.cpus);
  for (const int cpu : how.cpus) CPU_SET(cpu, &setup.cpus);
  return setup;
}

std::string to_text(int status) {
  if (WIFSIGNALED(status)) return "was ended by signal " + std::to_string(WTERMSIG(status));
  return "ended with exit code " + std::to_string(WEXITSTATUS(status));
}

void wait_a_little(int pidfd, std::chrono::milliseconds time) {
  pollfd fd{pidfd, POLLIN, 0};
  poll(&fd, 1, static_cast<int>(time.count()));
}

}  // namespace

void become_subreaper() { prctl(PR_SET_CHILD_SUBREAPER, 1); }

launched_server::launched_server(launch how) : how_(std::move(how)), output_(how_.logs, how_.name) {
  if (how_.port) claim_port();
  spawn();
  try {
    wait_until_ready();
    congestion_control_ = set_congestion_control(pid_, port_, load::usual_congestion_control);
  } catch (...) {
    signal_and_wait();
    kill_all(processes());
    close(pidfd_);
    throw;
  }
}

launched_server::~launched_server() {
  if (pid_ != 0) kill_all(processes());
  if (pidfd_ >= 0) close(pidfd_);
}

// Otherwise another server on this port would be measured.
void launched_server::claim_port() {
  try {
    check_unused(*how_.port);
    port_ = *how_.port;
  } catch (const std::system_error& error) {
    fail("cannot have port " + std::to_string(*how_.port) + ": " + error.code().message());
  }
}

void launched_server::spawn() {
  const auto finished = [&](const std::string& word) {
    return finish_word(word, [&](const std::string& name) -> std::optional<std::string> {
      if (name != "port") return std::nullopt;
      if (port_ == 0) port_ = unused_port();
      return std::to_string(port_);
    });
  };
  std::vector<std::string> words;
  for (const auto& word : how_.command) words.push_back(finished(word));
  bp::environment environment = boost::this_process::environment();
  for (const auto& [name, value] : how_.env) environment[name] = finished(value);
  const auto folder = how_.cwd.empty() ? std::string(".") : how_.cwd.string();
  const auto program =
      words.front().find('/') == std::string::npos ? find_program(words.front()) : std::filesystem::path(words.front());
  if (program.empty()) fail("'" + words.front() + "' is not on PATH");
  const std::unique_ptr<FILE, int (*)(FILE*)> out(std::fopen(output_.out().c_str(), "ae"), &std::fclose);
  const std::unique_ptr<FILE, int (*)(FILE*)> err(std::fopen(output_.err().c_str(), "ae"), &std::fclose);
  if (!out || !err) throw std::system_error(errno, std::generic_category(), how_.logs.string());
  try {
    bp::child child(bp::exe = program.string(), bp::args = std::vector(words.begin() + 1, words.end()), environment,
                    bp::start_dir = folder, bp::std_in<bp::null, bp::std_out> out.get(), bp::std_err > err.get(),
                    setup_for(how_));
    pid_ = child.id();
    child.detach();
  } catch (const bp::process_error& error) {
    fail("cannot start " + program.string() + ": " + error.code().message());
  }
  running().insert(pid_);
  pidfd_ = static_cast<int>(syscall(SYS_pidfd_open, pid_, 0));
}

void launched_server::wait_until_ready() {
  const auto deadline = clock::now() + how_.ready_limit;
  for (auto pause = 1ms; clock::now() < deadline; pause = std::min(2 * pause, 50ms)) {
    if (how_.stop.stop_requested()) throw run_stopped();
    check_alive();
    if (port_ == 0) port_ = output_.printed_port().value_or(0);
    if (port_ != 0 && answers()) {
      check_alive();  // another server may have answered on this port
      return;
    }
    wait_a_little(pidfd_, pause);
  }
  const auto limit = std::to_string(how_.ready_limit.count()) + " ms";
  if (port_ == 0) fail("did not print 'listening on ADDRESS:PORT' within " + limit);
  const auto printed = output_.printed_port().value_or(port_);
  fail("did not answer " + (how_.answers ? "on port " + std::to_string(port_) : url(how_.probe)) + " within " + limit +
       (printed != port_ ? ", and says that it listens on port " + std::to_string(printed) : ""));
}

bool launched_server::answers() const { return how_.answers ? how_.answers(port_) : http_answers(url(how_.probe), 2s); }

std::string launched_server::url(const std::string& path) const {
  return "http://127.0.0.1:" + std::to_string(port_) + path;
}

void launched_server::check_alive() {
  if (wait_for_exit(0ms)) fail(describe_exit());
}

// A program that daemonises exits at once and leaves orphans.
std::string launched_server::describe_exit() const {
  const auto text = to_text(*status_);
  const auto orphans = std::ranges::count_if(processes(), [](const load::process& p) { return p.state != 'Z'; });
  if (*status_ != 0 || orphans == 0) return text;
  return text + " and left " + std::to_string(orphans) + " of its processes behind: it has to stay in the foreground";
}

bool launched_server::wait_for_exit(std::chrono::milliseconds limit) {
  if (status_) return true;
  wait_a_little(pidfd_, limit);
  int status = 0;
  if (waitpid(pid_, &status, WNOHANG) == pid_) status_ = status;
  return status_.has_value();
}

// The server, its descendants, and orphans reparented to this process (become_subreaper()).
std::vector<load::process> launched_server::processes() const {
  auto all = load::process_tree(pid_);
  for (const auto& p : load::process_tree(getpid())) {
    if (p.parent == getpid() && !running().contains(p.pid))
      std::ranges::copy(load::process_tree(p.pid), std::back_inserter(all));
  }
  return all;
}

// A starting program may hold resources that outlive it, such as System V shared memory: SIGKILL only after a wait.
void launched_server::signal_and_wait() const {
  for (const auto& p : processes()) kill(p.pid, how_.stop_signal);
  const auto lives = [](const load::process& p) { return p.state != 'Z'; };
  for (const auto deadline = clock::now() + 2s; clock::now() < deadline; wait_a_little(-1, 5ms)) {
    if (std::ranges::none_of(processes(), lives)) return;
  }
}

// Repeated until none is left, because a process may fork while the list is made.
void launched_server::kill_all(std::vector<load::process> all) {
  const auto deadline = clock::now() + 2s;
  while (!all.empty() && clock::now() < deadline) {
    for (const auto& p : all) kill(p.pid, SIGKILL);
    wait_for_exit(0ms);
    for (const auto& p : all) {
      if (p.pid != pid_ && p.parent == getpid()) waitpid(p.pid, nullptr, WNOHANG);
    }
    wait_a_little(-1, 1ms);
    all = processes();
  }
  running().erase(pid_);
  pid_ = 0;
}

exit_status launched_server::stop() {
  exit_status ended;
  auto known = processes();
  kill(pid_, how_.stop_signal);
  ended.killed = !wait_for_exit(how_.stop_limit);
  if (!ended.killed) {
    ended.counters = output_.printed_counters();
    known = survivors(std::move(known));
    ended.left_behind = known.size();
  }
  std::ranges::copy(processes(), std::back_inserter(known));
  kill_all(std::move(known));
  ended.complaints = output_.last_lines();
  return ended;
}

// Processes that outlive the server by more than the moment that workers need after their parent has stopped them.
std::vector<load::process> launched_server::survivors(std::vector<load::process> known) const {
  const auto deadline = clock::now() + 250ms;
  for (;; wait_a_little(-1, 5ms)) {
    std::ranges::copy(processes(), std::back_inserter(known));
    std::erase_if(known, [&](const load::process& p) {
      const auto now = load::read_process(p.pid);
      return !now || !now->same_as(p) || now->state == 'Z' || p.pid == pid_;
    });
    std::ranges::sort(known, {}, &load::process::pid);
    const auto twice = std::ranges::unique(known, {}, &load::process::pid);
    known.erase(twice.begin(), twice.end());
    if (known.empty() || clock::now() >= deadline) return known;
  }
}

void launched_server::fail(const std::string& what) const {
  throw server_failed(how_.name + " " + what + quoted_stderr());
}

std::string launched_server::quoted_stderr() const {
  const auto words = output_.last_lines();
  return words.empty() ? " (nothing on stderr)" : "; stderr: | " + words;
}

}  // namespace tvl::suite
