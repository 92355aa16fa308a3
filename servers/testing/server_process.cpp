#include "servers/testing/server_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <regex>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace tvl::conformance {
namespace {

using clock = std::chrono::steady_clock;

// More than a drain's 5 s plus the start of a sanitized program on a busy machine.
constexpr std::chrono::seconds patience_with_end{45};

std::array<int, 2> make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::system_error(errno, std::system_category(), "pipe2");
  return ends;
}

}  // namespace

program::program(const std::string& path, std::vector<std::string> flags) {
  std::vector<char*> arguments{const_cast<char*>(path.c_str())};
  for (auto& flag : flags) arguments.push_back(flag.data());
  arguments.push_back(nullptr);
  const auto output = make_pipe();
  const auto errors = make_pipe();
  pid_ = ::fork();
  if (pid_ == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::dup2(output[1], STDOUT_FILENO);
    ::dup2(errors[1], STDERR_FILENO);
    ::execv(path.c_str(), arguments.data());
    ::_exit(127);
  }
  ::close(output[1]);
  ::close(errors[1]);
  output_ = output[0];
  errors_ = errors[0];
}

program::~program() {
  if (pid_ > 0) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  ::close(output_);
  ::close(errors_);
}

// Reads the first line, or (`whole`) all output until the program ends. False after patience_with_end.
bool program::read(bool whole) {
  const auto until = clock::now() + patience_with_end;
  std::array<pollfd, 2> ends{{{output_, POLLIN, 0}, {errors_, POLLIN, 0}}};
  const std::array<std::string*, 2> texts{&result_.output, &result_.errors};
  while ((ends[0].fd >= 0 || ends[1].fd >= 0) && (whole || result_.output.find('\n') == std::string::npos)) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - clock::now()).count();
    if (left <= 0 || ::poll(ends.data(), ends.size(), static_cast<int>(left)) <= 0) return false;
    for (std::size_t i = 0; i < ends.size(); ++i) {
      if (ends[i].revents == 0) continue;
      std::array<char, 4096> buffer;
      const auto n = ::read(ends[i].fd, buffer.data(), buffer.size());
      if (n > 0)
        texts[i]->append(buffer.data(), static_cast<std::size_t>(n));
      else
        ends[i].fd = -1;  // ignored by poll()
    }
  }
  return true;
}

unsigned short program::wait_until_ready() {
  read(false);
  std::smatch found;
  if (!std::regex_search(result_.output, found, std::regex("^listening on 127\\.0\\.0\\.1:([1-9][0-9]*)\n")))
    throw std::runtime_error("no ready line, only: " + result_.output + result_.errors);
  port_ = static_cast<unsigned short>(std::stoi(found[1]));
  result_.output = found.suffix();
  return port_;
}

void program::terminate() { ::kill(pid_, SIGTERM); }

result program::wait() {
  if (!read(true)) ::kill(pid_, SIGKILL);
  int status = 0;
  ::waitpid(std::exchange(pid_, -1), &status, 0);
  if (WIFEXITED(status)) result_.code = WEXITSTATUS(status);
  return result_;
}

}  // namespace tvl::conformance
