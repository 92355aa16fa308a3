#include "servers/drivers/process/subprocess.hpp"

#include "servers/drivers/failure.hpp"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <spawn.h>
#include <string_view>
#include <utility>

extern "C" {  // missing in glibc 2.36
#include <sys/syscall.h>
}

namespace tvl::waits {
namespace {

using handler::service_result;

constexpr std::string_view name = "the command";

// The allowed commands, by the names that handler/routes.cpp accepts.
class command {
 public:
  command(std::string_view what, std::chrono::milliseconds time) {
    if (what == "sleep") {
      std::snprintf(seconds_.data(), seconds_.size(), "%d.%03d", int(time.count() / 1000), int(time.count() % 1000));
      words_ = {"/bin/sleep", seconds_.data()};
      done_ = "slept " + std::to_string(time.count()) + " ms\n";
    } else if (what == "echo") {
      words_ = {"/bin/echo", "hello from a subprocess"};
    } else {
      words_ = {what == "flood" ? "/usr/bin/yes" : "/bin/false"};
    }
  }
  command(const command&) = delete;
  command& operator=(const command&) = delete;

  // The reply for a command without output.
  std::string report() const { return done_; }

  // Null-terminated, for execve().
  char** words() { return const_cast<char**>(words_.data()); }

 private:
  std::array<char, 32> seconds_{};
  std::array<const char*, 3> words_{};
  std::string done_;
};

// Attributes of posix_spawn(), freed at the end.
struct spawn_plan {
  explicit spawn_plan(int output) {
    ::posix_spawn_file_actions_init(&files);
    ::posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_adddup2(&files, output, STDOUT_FILENO);
    ::posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    // accept() leaves client sockets without close-on-exec.
    ::posix_spawn_file_actions_addclosefrom_np(&files, STDERR_FILENO + 1);
    ::posix_spawnattr_init(&attributes);
    ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    sigset_t signals;
    ::sigemptyset(&signals);
    ::posix_spawnattr_setsigmask(&attributes, &signals);  // the server blocks SIGTERM ...
    ::sigaddset(&signals, SIGPIPE);                       // ... and ignores SIGPIPE
    ::posix_spawnattr_setsigdefault(&attributes, &signals);
  }
  ~spawn_plan() {
    ::posix_spawnattr_destroy(&attributes);
    ::posix_spawn_file_actions_destroy(&files);
  }
  spawn_plan(const spawn_plan&) = delete;
  spawn_plan& operator=(const spawn_plan&) = delete;

  posix_spawn_file_actions_t files;
  posix_spawnattr_t attributes;
};

bool exhausted(int error) { return error == EAGAIN || error == ENOMEM || error == EMFILE || error == ENFILE; }

std::string with_reason(std::string_view what) { return std::string(name) + ": " + std::string(what); }

service_result verdict_on(const siginfo_t& end, std::string text) {
  if (end.si_code != CLD_EXITED) return {502, with_reason("ended by signal " + std::to_string(end.si_status))};
  if (end.si_status != 0) return {502, with_reason("ended with status " + std::to_string(end.si_status))};
  return {200, std::move(text)};
}

}  // namespace

subprocess::subprocess(const handler::plan& p, clock::time_point deadline) : deadline_(deadline) {
  const int error = start(p);
  if (error == 0) return;
  close_output();
  verdict_ = {exhausted(error) ? std::uint16_t{503} : std::uint16_t{502}, with_reason(::strerrordesc_np(error))};
}

// Returns 0 or an errno.
int subprocess::start(const handler::plan& p) {
  std::array<int, 2> pipe{};
  if (::pipe2(pipe.data(), O_CLOEXEC) != 0) return errno;
  output_ = pipe[0];
  ::fcntl(output_, F_SETFL, O_NONBLOCK);
  // A time limit of its own, in case this server is killed first.
  const auto longest = std::chrono::ceil<std::chrono::milliseconds>(deadline_ - clock::now()) + std::chrono::seconds(1);
  command what(*p.text, std::min(longest, std::chrono::duration_cast<std::chrono::milliseconds>(p.time)));
  text_ = what.report();
  const spawn_plan how(pipe[1]);
  std::array<char*, 1> no_environment{};
  const int error =
      ::posix_spawn(&id_, what.words()[0], &how.files, &how.attributes, what.words(), no_environment.data());
  ::close(pipe[1]);
  if (error != 0) return error;
  // <sys/pidfd.h> of glibc 2.36 does not compile as C++.
  process_ = static_cast<int>(::syscall(SYS_pidfd_open, id_, 0));
  if (process_ >= 0) return 0;
  const int no_room = errno;
  ::kill(-id_, SIGKILL);
  ::waitpid(id_, nullptr, 0);
  return no_room;
}

subprocess::~subprocess() {
  if (process_ >= 0 && running()) kill({});
  reap(true);
  close_output();
}

void subprocess::advance(bool client) {
  if (!client) return kill({503, "the client has gone"});
  if (clock::now() >= deadline_) return kill(to_result(name, failure::timeout));
  if (output_ >= 0) return read_output();
  reap(false);
}

void subprocess::read_output() {
  std::array<char, 8192> buffer;
  for (;;) {
    const ssize_t n = ::read(output_, buffer.data(), buffer.size());
    if (n < 0 && errno == EAGAIN) return;
    if (n <= 0) return close_output();
    text_.append(buffer.data(), static_cast<std::size_t>(n));
    if (text_.size() > largest_output) return kill({502, with_reason("too much output")});
  }
}

void subprocess::kill(service_result why) {
  ::kill(-id_, SIGKILL);  // not reaped yet, so the number is still ours
  verdict_ = std::move(why);
  close_output();
}

// Until then the process is a zombie.
void subprocess::reap(bool wait) {
  if (process_ < 0) return;
  siginfo_t end{};
  // Not P_PIDFD: Asio made the pidfd non-blocking, so waitid() would fail with EAGAIN while the pidfd is readable but
  // the child not yet waitable (seen with Linux 6.18).
  while (::waitid(P_PID, static_cast<id_t>(id_), &end, WEXITED | (wait ? 0 : WNOHANG)) != 0 && errno == EINTR) continue;
  if (end.si_pid == 0) return;  // still running
  ::close(std::exchange(process_, -1));
  if (running()) verdict_ = verdict_on(end, std::move(text_));
}

service_result subprocess::result() {
  reap(true);
  return std::move(*verdict_);
}

void subprocess::close_output() {
  if (output_ >= 0) ::close(std::exchange(output_, -1));
}

}  // namespace tvl::waits
