#include "servers/runtime/supervisor.hpp"

#include <fcntl.h>
#include <pthread.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <iostream>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace tvl::runtime {
namespace {

// Begins a child's drain. Not SIGTERM or SIGINT, which a terminal sends to all processes at once.
constexpr int drain_signal = SIGUSR1;

// A child ends within drain_limit unless it is stopped or hangs.
constexpr auto patience = 2 * drain_limit;
constexpr std::chrono::milliseconds look_again{10};

constexpr int cannot_work = 2;  // exit code

class supervisor {
 public:
  explicit supervisor(server& s) : server_(s), children_(static_cast<std::size_t>(s.options.processes), none) {
    s.options.services.rooms = s.options.processes == 1;
    if (::pipe2(pipe_.data(), O_CLOEXEC) != 0) fail("cannot open a pipe");
    ::fcntl(pipe_[0], F_SETFL, O_NONBLOCK);
    ::sigemptyset(&drain_signals_);
    ::sigaddset(&drain_signals_, drain_signal);
    ::pthread_sigmask(SIG_BLOCK, &drain_signals_, nullptr);
  }

  // Forks missing children. True in each child, which has a server of its own.
  bool complete() {
    const pid_t parent = ::getpid();
    for (std::size_t place = 0; place < children_.size(); ++place) {
      if (children_[place] != none) continue;
      const pid_t child = ::fork();
      if (child < 0) fail("cannot start another process");
      if (child == 0) {
        become_child(parent, place);
        return true;
      }
      children_[place] = child;
    }
    return false;
  }

  // Reaps ended children and adds up their totals.
  void reap() {
    int status = 0;
    for (pid_t child = 0; (child = ::waitpid(-1, &status, WNOHANG)) > 0;) {
      std::replace(children_.begin(), children_.end(), child, none);
      if (WIFEXITED(status) && WEXITSTATUS(status) == cannot_work) std::_Exit(cannot_work);
      if (!draining_ || status != 0) tell_end(child, status);
    }
    totals done;
    while (::read(pipe_[0], &done, sizeof done) == sizeof done) server_.children += done;
  }

  void drain() {
    draining_ = true;
    send_all(drain_signal);
    const auto until = std::chrono::steady_clock::now() + patience;
    while (reap(), std::any_of(children_.begin(), children_.end(), is_there)) {
      if (std::chrono::steady_clock::now() > until) send_all(SIGKILL);
      std::this_thread::sleep_for(look_again);
    }
  }

 private:
  [[noreturn]] static void fail(const char* what) { throw std::system_error(errno, std::system_category(), what); }

  static constexpr pid_t none = 0;
  static bool is_there(pid_t child) { return child != none; }

  void send_all(int signal) const {
    for (const pid_t child : children_)
      if (is_there(child)) ::kill(child, signal);
  }

  void become_child(pid_t parent, std::size_t place) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) std::_Exit(0);  // the parent died before prctl() took effect
    ::close(pipe_[0]);
    server_.stop_signals = drain_signals_;
    server_.children = {};
    server_.parent = pipe_[1];
    keep_listeners(place);
  }

  void keep_listeners(std::size_t place) {
    const auto each = server_.listeners.size() / children_.size();
    if (each == 0) return;
    std::vector<int> own;
    for (std::size_t i = 0; i < server_.listeners.size(); ++i)
      i / each == place ? own.push_back(server_.listeners[i]) : static_cast<void>(::close(server_.listeners[i]));
    server_.listeners = std::move(own);
  }

  void tell_end(pid_t child, int status) const {
    std::cerr << program_invocation_short_name << ": process " << child
              << (WIFSIGNALED(status) ? " was killed by signal " : " ended with exit code ")
              << (WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status))
              << (draining_ ? " in the drain" : ", starting another") << std::endl;
  }

  server& server_;
  std::array<int, 2> pipe_{-1,
                           -1};  // of `totals`, each smaller than PIPE_BUF and so written atomically; open to the end
  sigset_t drain_signals_{};
  std::vector<pid_t> children_;  // by place; none where no child runs
  bool draining_ = false;
};

bool asked_to_stop(const sigset_t& signals) {
  timespec wait{};
  wait.tv_nsec = std::chrono::nanoseconds(tick_period).count();
  return ::sigtimedwait(&signals, nullptr, &wait) > 0;
}

}  // namespace

void supervise(server& s, void (*model)(server&)) {
  supervisor all(s);
  do {
    all.reap();
    if (all.complete()) return model(s);
  } while (!asked_to_stop(s.stop_signals));  // also limits how fast a child that always dies is replaced
  all.drain();
}

}  // namespace tvl::runtime
