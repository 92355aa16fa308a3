#include "bench/suite/processes/started_processes.hpp"

#include "clients/load/base/descriptor.hpp"

#include <gtest/gtest.h>

#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <functional>

namespace tvl::suite {
namespace {

using namespace std::chrono_literals;

// A pipe that the processes write to.
class ready_line {
 public:
  ready_line() {
    std::array<int, 2> ends{-1, -1};
    if (pipe(ends.data()) != 0) ADD_FAILURE() << "no pipe";
    from_ = load::descriptor(ends[0]);
    to_ = load::descriptor(ends[1]);
  }
  void say() const {
    if (write(to_.get(), "x", 1) != 1) _exit(1);
  }
  bool said(std::chrono::milliseconds limit) const {
    pollfd fd{from_.get(), POLLIN, 0};
    return poll(&fd, 1, static_cast<int>(limit.count())) == 1;
  }
  void read_one() const {
    char byte = 0;
    if (!said(20s) || read(from_.get(), &byte, 1) != 1) ADD_FAILURE() << "a process did not start";
  }

 private:
  load::descriptor from_, to_;
};

// Forked; leads a session, as a server's first process does.
pid_t first_process(const std::function<void()>& run) {
  const pid_t pid = fork();
  if (pid != 0) return pid;
  setsid();
  run();
  _exit(0);
}

[[noreturn]] void wait_for_signals() {
  for (;;) pause();
}

// Forked by a first process; in a session of its own, as a second program started by `setsid` or a daemon.
void start_outside(const std::function<void()>& run) {
  if (fork() != 0) return;
  setsid();
  run();
  _exit(0);
}

class started_processes_test : public testing::Test {
 protected:
  static void SetUpTestSuite() { become_subreaper(); }
  ready_line ready;
};

// Each generation forks the next one and ends, so a list of processes often shows ended ones alone.
TEST_F(started_processes_test, that_fork_into_the_background_are_never_seen_as_ended) {
  started_processes started(first_process([&] {
    for (int generation = 0; generation < 300; ++generation) {
      if (fork() != 0) _exit(0);
      setsid();
    }
    ready.say();
    wait_for_signals();
  }));
  ASSERT_TRUE(started.wait_for_exit(20s));
  do {
    ASSERT_FALSE(started.living().empty()) << "one of them always lives";
  } while (!ready.said(0ms));
  EXPECT_EQ(started.living().size(), 1U);
  started.kill_all();
  EXPECT_TRUE(started.all().empty());
}

TEST_F(started_processes_test, outside_the_group_get_the_signal_after_the_first_one) {
  started_processes started(first_process([&] {
    start_outside([&] {
      signal(SIGTERM, [](int) { _exit(0); });
      ready.say();
      wait_for_signals();
    });
    wait_for_signals();
  }));
  ready.read_one();
  const auto how = started.stop(SIGTERM, 20s, false);
  EXPECT_FALSE(how.killed);
  EXPECT_EQ(how.left, 0U) << "it ended on the signal";
}

// 400 ms is more than the processes of the group alone have.
TEST_F(started_processes_test, outside_the_group_have_the_whole_limit) {
  started_processes started(first_process([&] {
    start_outside([&] {
      sigset_t term;
      sigemptyset(&term);
      sigaddset(&term, SIGTERM);
      sigprocmask(SIG_BLOCK, &term, nullptr);
      ready.say();
      int number = 0;
      sigwait(&term, &number);
      usleep(400'000);
    });
    wait_for_signals();
  }));
  ready.read_one();
  const auto how = started.stop(SIGTERM, 20s, false);
  EXPECT_FALSE(how.killed);
  EXPECT_EQ(how.left, 0U);
}

TEST_F(started_processes_test, outside_the_group_get_the_signal_although_the_first_one_waits_for_them) {
  started_processes started(first_process([&] {
    signal(SIGTERM, SIG_IGN);
    start_outside([&] {
      signal(SIGTERM, SIG_DFL);
      ready.say();
      wait_for_signals();
    });
    while (waitpid(-1, nullptr, 0) > 0) {
    }
  }));
  ready.read_one();
  const auto how = started.stop(SIGTERM, 20s, false);
  EXPECT_FALSE(how.killed) << "it ended when the other one had";
  EXPECT_EQ(how.left, 0U);
}

TEST_F(started_processes_test, outside_the_group_that_ignore_the_signal_are_killed) {
  started_processes started(first_process([&] {
    start_outside([&] {
      signal(SIGTERM, SIG_IGN);
      ready.say();
      wait_for_signals();
    });
    wait_for_signals();
  }));
  ready.read_one();
  const auto how = started.stop(SIGTERM, 300ms, false);
  EXPECT_FALSE(how.killed);
  EXPECT_EQ(how.left, 1U);
  EXPECT_TRUE(started.all().empty());
}

// Such as PostgreSQL's: the signal itself would end them in another order.
TEST_F(started_processes_test, a_first_process_ends_those_outside_in_an_order_of_its_own) {
  ready_line signalled;
  started_processes started(first_process([&] {
    sigset_t both;
    sigemptyset(&both);
    sigaddset(&both, SIGTERM);
    sigaddset(&both, SIGUSR1);
    sigprocmask(SIG_BLOCK, &both, nullptr);
    const pid_t child = fork();
    if (child == 0) {
      setsid();
      ready.say();
      int number = 0;
      sigwait(&both, &number);
      if (number == SIGTERM) signalled.say();
      _exit(0);
    }
    int number = 0;
    sigwait(&both, &number);
    kill(child, SIGUSR1);
    waitpid(child, nullptr, 0);
  }));
  ready.read_one();
  const auto how = started.stop(SIGTERM, 20s, false);
  EXPECT_FALSE(how.killed);
  EXPECT_EQ(how.left, 0U);
  EXPECT_FALSE(signalled.said(0ms)) << "it had the other signal first";
}

}  // namespace
}  // namespace tvl::suite
