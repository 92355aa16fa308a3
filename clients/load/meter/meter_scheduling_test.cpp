#include "clients/load/meter/meter.hpp"
#include "clients/load/meter/stepped_process.hpp"
#include "clients/load/meter/taskstats.hpp"

#include <gtest/gtest.h>

#include <sched.h>
#include <sys/mman.h>
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
  if (!taskstats_counts(getpid()).voluntary)
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

TEST(Meter, CountsSlicesOfThreadsThatEnded) {
  if (!taskstats_counts(getpid()).slices) GTEST_SKIP() << "no taskstats: it needs CAP_NET_ADMIN";
  stepped_process s([](const auto& pause) {
    pause();
    for (int i = 0; i < 4; ++i) std::thread([] { sleep_often(50); }).join();
    pause();
  });
  EXPECT_GE(next_step(s).slices_per_request.value_or(NAN), 200);
}

// Of two threads on one core, one waits while the other runs.
TEST(Meter, KnowsHowLongThreadsWaitForACore) {
  stepped_process s([](const auto& pause) {
    cpu_set_t first;
    CPU_ZERO(&first);
    CPU_SET(sched_getcpu(), &first);
    sched_setaffinity(0, sizeof first, &first);
    pause();
    std::thread other([] { burn(40ms); });
    burn(40ms);
    other.join();
    pause();
    burn(1ms);
    pause();
  });
  const auto busy = next_step(s).run_queue_us_per_request;
  if (!busy) GTEST_SKIP() << "neither taskstats nor the same threads at both readings";
  EXPECT_GE(*busy, 30'000);
}

TEST(Meter, CountsPageFaults) {
  constexpr std::size_t pages = 100, page = 4096;
  stepped_process s([](const auto& pause) {
    pause();
    auto* fresh =
        static_cast<char*>(mmap(nullptr, pages * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    madvise(fresh, pages * page, MADV_NOHUGEPAGE);
    for (std::size_t i = 0; i < pages; ++i) fresh[i * page] = 1;
    pause();
  });
  const auto faults = next_step(s).faults_per_request;
  EXPECT_GE(faults.minor.value_or(NAN), pages);
  EXPECT_LE(faults.minor.value_or(NAN), 2 * pages);
  EXPECT_EQ(faults.major, 0);
}

TEST(Meter, CountsMigrations) {
  constexpr int times = 10;
  cpu_set_t allowed;
  sched_getaffinity(0, sizeof allowed, &allowed);
  if (CPU_COUNT(&allowed) < 2 || !read_proc("/proc/self/sched")) GTEST_SKIP() << "one core, or no /proc/PID/sched";
  stepped_process s([&](const auto& pause) {
    pause();
    for (int moved = 0, cpu = 0; moved < 2 * times; cpu = (cpu + 1) % CPU_SETSIZE) {
      if (!CPU_ISSET(cpu, &allowed)) continue;
      cpu_set_t one;
      CPU_ZERO(&one);
      CPU_SET(cpu, &one);
      sched_setaffinity(0, sizeof one, &one);
      ++moved;
    }
    pause();
  });
  EXPECT_GE(next_step(s).migrations_per_request.value_or(NAN), times);
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
