#include "clients/load/meter/meter.hpp"
#include "clients/load/meter/stepped_process.hpp"
#include "clients/load/meter/taskstats.hpp"

#include <gtest/gtest.h>

#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cmath>
#include <cstdlib>
#include <thread>

namespace tvl::load {
namespace {

using namespace std::chrono_literals;

void sleep_often(int times) {
  for (int i = 0; i < times; ++i) std::this_thread::sleep_for(100us);
}

TEST(Meter, CountsSwitchesOfThreadsThatEnded) {
  if (!taskstats_switches(getpid()))
    GTEST_SKIP() << "no taskstats: it needs CAP_NET_ADMIN and a kernel that keeps the switches of ended threads";
  stepped_process s([](const auto& pause) {
    pause();
    for (int i = 0; i < 4; ++i) std::thread([] { sleep_often(50); }).join();
    pause();
  });
  const auto cost = next_step(s);
  EXPECT_GE(cost.switches_per_request.voluntary.value_or(NAN), 200);
  EXPECT_LE(cost.switches_per_request.voluntary.value_or(NAN), 230);
  EXPECT_TRUE(cost.switches_per_request.involuntary);
}

// The switches of one step, metered by an unprivileged process, which may not use taskstats.
struct unprivileged {
  bool by_threads = false;
  bool has_switches = false;
  double voluntary = 0;
};

unprivileged next_step_unprivileged(stepped_process& s) {
  int result[2];
  if (pipe(result) != 0) std::abort();
  const pid_t child = fork();
  if (child == 0) {
    if (geteuid() == 0 && setuid(65534) != 0) _exit(1);
    const meter m(s.pid());
    const auto begin = m.read();
    s.step();
    const auto voluntary = m.cost(begin, m.read(), 1).switches_per_request.voluntary;
    const unprivileged seen{begin.threads.has_value(), voluntary.has_value(), voluntary.value_or(0)};
    _exit(write(result[1], &seen, sizeof seen) != sizeof seen);
  }
  unprivileged seen;
  EXPECT_EQ(read(result[0], &seen, sizeof seen), static_cast<ssize_t>(sizeof seen));
  waitpid(child, nullptr, 0);
  close(result[0]);
  close(result[1]);
  EXPECT_TRUE(seen.by_threads);
  return seen;
}

TEST(MeterWithoutTaskstats, CountsSwitchesWhileTheThreadsStayTheSame) {
  stepped_process s([](const auto& pause) {
    pause();
    sleep_often(100);
    pause();
  });
  const auto seen = next_step_unprivileged(s);
  EXPECT_TRUE(seen.has_switches);
  EXPECT_GE(seen.voluntary, 100);
  EXPECT_LE(seen.voluntary, 110);
}

TEST(MeterWithoutTaskstats, IsEmptyWhenTheThreadsChanged) {
  stepped_process s([](const auto& pause) {
    pause();
    std::thread([] { ::pause(); }).detach();
    pause();
  });
  EXPECT_FALSE(next_step_unprivileged(s).has_switches);
}

TEST(MeterWithoutTaskstats, IsEmptyWhenAThreadStartedAndEnded) {
  stepped_process s([](const auto& pause) {
    pause();
    std::thread([] {
      burn(20ms);
      sleep_often(100);
    }).join();
    pause();
  });
  EXPECT_FALSE(next_step_unprivileged(s).has_switches);
}

}  // namespace
}  // namespace tvl::load
