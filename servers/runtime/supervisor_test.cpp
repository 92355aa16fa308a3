#include "servers/runtime/supervisor.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>

namespace tvl::runtime {
namespace {

using namespace std::chrono_literals;

// Model of the children: one connection's work at once, then idle until the drain.
void work_once(server& s) {
  {
    connection_entry only(s.connections, -1);
    only.work().requests = 10;
    only.closing();
  }
  ::dprintf(STDERR_FILENO, "child %d\n", ::getpid());
  while (s.tick()) std::this_thread::sleep_for(s.next_tick());
}

void cannot_work(server&) { throw std::system_error(ENOMEM, std::system_category(), "no room"); }

// A server program with a supervisor, as a child process.
class supervised {
 public:
  template <void (*model)(server&)>
  static supervised start(int processes) {
    return supervised(processes, [](server& s) { supervise(s, model); });
  }
  ~supervised() {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    ::close(output_);
    ::close(errors_);
  }
  supervised(const supervised&) = delete;
  supervised& operator=(const supervised&) = delete;

  pid_t pid() const { return pid_; }
  std::string output_line() { return line(output_); }
  // Empty at the end, when the last writing process has ended.
  std::string error_line() { return line(errors_); }
  pid_t child() {
    const auto text = error_line();
    EXPECT_TRUE(text.starts_with("child ")) << text;
    return text.starts_with("child ") ? std::stoi(text.substr(6)) : 0;
  }
  int exit_code() {
    int status = 0;
    if (::waitpid(pid_, &status, 0) != pid_ || !WIFEXITED(status)) return -1;
    return WEXITSTATUS(status);
  }
  // Total of all processes, after a clean exit.
  std::uint64_t requests() {
    ::kill(pid_, SIGTERM);
    const auto counters = nlohmann::json::parse(output_line(), nullptr, false);
    EXPECT_EQ(output_line(), "") << "more than one line";
    EXPECT_EQ(exit_code(), 0);
    EXPECT_EQ(counters.value("requests", 0u), 10 * counters.value("accepted", 0u)) << counters;
    return counters.value("requests", 0u);
  }

 private:
  supervised(int processes, void (*model)(server&)) {
    std::array<int, 2> output{}, errors{};
    EXPECT_EQ(::pipe2(output.data(), O_CLOEXEC) + ::pipe2(errors.data(), O_CLOEXEC), 0);
    pid_ = ::fork();
    if (pid_ == 0) {
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);
      ::dup2(output[1], STDOUT_FILENO);
      ::dup2(errors[1], STDERR_FILENO);
      for (const int end : {output[0], output[1], errors[0], errors[1]}) ::close(end);
      std::string name = "server", flag = "--processes", count = std::to_string(processes);
      std::array<char*, 4> arguments{name.data(), flag.data(), count.data(), nullptr};
      std::_Exit(serve(3, arguments.data(), "test", {.processes = {"processes", 1}}, model));
    }
    ::close(output[1]);
    ::close(errors[1]);
    output_ = output[0];
    errors_ = errors[0];
    EXPECT_TRUE(output_line().starts_with("listening on "));
  }

  static std::string line(int from) {
    std::string text;
    pollfd ready{from, POLLIN, 0};
    for (char c = 0; c != '\n';) {
      if (::poll(&ready, 1, 30'000) <= 0) return "nothing came";
      if (::read(from, &c, 1) != 1) break;
      text += c;
    }
    return text;
  }

  pid_t pid_ = -1;
  int output_ = -1;
  int errors_ = -1;
};

TEST(supervisor, adds_up_what_its_children_did) {
  auto s = supervised::start<work_once>(3);
  for (int i = 0; i < 3; ++i) s.child();
  EXPECT_EQ(s.requests(), 30u);
  EXPECT_EQ(s.error_line(), "");
}

TEST(supervisor, replaces_a_child_that_was_killed) {
  auto s = supervised::start<work_once>(2);
  const auto one = s.child();
  s.child();
  ::kill(one, SIGKILL);
  const auto said = s.error_line();
  EXPECT_NE(said.find("process " + std::to_string(one) + " was killed by signal 9, starting another\n"),
            std::string::npos)
      << said;
  EXPECT_NE(s.child(), one);
  EXPECT_EQ(s.requests(), 20u);
}

TEST(supervisor, counts_what_a_child_did_that_ended_in_order_once) {
  auto s = supervised::start<work_once>(2);
  const auto one = s.child();
  s.child();
  ::kill(one, SIGUSR1);
  EXPECT_NE(s.error_line().find(" ended with exit code 0, starting another\n"), std::string::npos);
  s.child();
  EXPECT_EQ(s.requests(), 30u);
}

TEST(supervisor, alone_is_asked_to_stop) {
  auto s = supervised::start<work_once>(1);
  const auto child = s.child();
  for (const int from_a_terminal : {SIGINT, SIGTERM}) ::kill(child, from_a_terminal);
  std::this_thread::sleep_for(3 * tick_period);
  EXPECT_EQ(s.requests(), 10u);
  EXPECT_EQ(s.error_line(), "");
}

TEST(supervisor, does_not_wait_for_ever_for_a_child) {
  auto s = supervised::start<work_once>(2);
  ::kill(s.child(), SIGSTOP);
  s.child();
  EXPECT_EQ(s.requests(), 10u);
  EXPECT_NE(s.error_line().find(" was killed by signal 9 in the drain\n"), std::string::npos);
}

TEST(supervisor, takes_its_children_with_it) {
  auto s = supervised::start<work_once>(2);
  s.child();
  s.child();
  ::kill(s.pid(), SIGKILL);
  EXPECT_EQ(s.error_line(), "");
}

TEST(supervisor, ends_when_a_child_says_that_it_cannot_work) {
  auto s = supervised::start<cannot_work>(1);
  EXPECT_EQ(s.exit_code(), 2);
  EXPECT_EQ(s.error_line(), "server: no room: Cannot allocate memory\n");
  EXPECT_EQ(s.error_line(), "");
  EXPECT_EQ(s.output_line(), "");
}

}  // namespace
}  // namespace tvl::runtime
