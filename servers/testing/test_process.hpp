#pragma once
// Real services for tests: Redis and PostgreSQL on free ports of 127.0.0.1 with data in a temporary folder.

#include "servers/runtime/free_port.hpp"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <grp.h>
#include <pwd.h>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace tvl::test {

using suite::unused_port;

class temporary_folder {
 public:
  temporary_folder() {
    std::string name = (std::filesystem::temp_directory_path() / "tvl-test-XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  temporary_folder(const temporary_folder&) = delete;
  temporary_folder& operator=(const temporary_folder&) = delete;
  ~temporary_folder() {
    std::error_code ec;
    std::filesystem::remove_all(path_, ec);
  }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// A child process, ended by the destructor. Its output is discarded.
class process {
 public:
  // `user`: replaces root, which some programs refuse.
  process(std::vector<std::string> command, const passwd* user = nullptr) {
    std::vector<char*> argv;
    for (auto& word : command) argv.push_back(word.data());
    argv.push_back(nullptr);
    pid_ = ::fork();
    if (pid_ != 0) return;
    const int nowhere = ::open("/dev/null", O_RDWR);
    for (int fd = 0; fd < 3; ++fd) ::dup2(nowhere, fd);
    if (user && (::setgroups(0, nullptr) != 0 || ::setgid(user->pw_gid) != 0 || ::setuid(user->pw_uid) != 0))
      _exit(126);
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // last: a change of user resets it
    ::execvp(argv[0], argv.data());
    _exit(127);
  }
  process(process&& other) noexcept : pid_(std::exchange(other.pid_, 0)) {}
  process& operator=(process&&) = delete;
  ~process() { stop(SIGKILL); }

  void signal(int what) const { ::kill(pid_, what); }
  // Returns the exit code, -1 after a signal.
  int wait() {
    int status = 0;
    if (pid_ > 0) ::waitpid(std::exchange(pid_, 0), &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }
  void stop(int with) {
    if (pid_ > 0) signal(with);
    wait();
  }

 private:
  pid_t pid_ = 0;
};

// Polls until it holds; false after half a minute.
template <class Condition>
bool eventually(Condition condition) {
  using namespace std::chrono_literals;
  const auto end = std::chrono::steady_clock::now() + 30s;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(10ms);
  }
  return true;
}

}  // namespace tvl::test
