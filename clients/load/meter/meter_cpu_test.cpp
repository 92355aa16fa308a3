#include "clients/load/meter/meter.hpp"
#include "clients/load/meter/stepped_process.hpp"

#include <gtest/gtest.h>

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmath>
#include <thread>

namespace tvl::load {
namespace {

using namespace std::chrono_literals;

TEST(Meter, CountsThreadsThatEnded) {
  stepped_process s([](const auto& pause) {
    pause();
    for (int i = 0; i < 3; ++i) std::thread([] { burn(40ms); }).join();
    pause();
  });
  const auto cost = next_step(s);
  EXPECT_GE(cpu_ms(cost), 120);
  EXPECT_LE(cpu_ms(cost), 200);  // counted twice it would be 240
}

TEST(Meter, CpuShareIsOfOneCore) {
  stepped_process s([](const auto& pause) {
    pause();
    burn(50ms);
    pause();
  });
  const meter m(s.pid());
  const auto begin = m.read();
  s.step();
  const auto end = m.read();
  const auto cost = m.cost(begin, end, 1);
  const auto window_ms = static_cast<double>(end.at_ns - begin.at_ns) / 1e6;
  EXPECT_NEAR(cost.cpu_share.value_or(NAN) * window_ms, cpu_ms(cost), 1e-6);
}

TEST(Meter, CountsAChildThatEndedAndWasWaitedFor) {
  stepped_process s([](const auto& pause) {
    pause();
    if (const pid_t child = fork(); child == 0) {
      burn(100ms);
      _exit(0);
    } else {
      waitpid(child, nullptr, 0);
    }
    pause();
  });
  const auto cost = next_step(s);
  EXPECT_GE(cpu_ms(cost), 80);                        // user and system time are each rounded down to 10 ms
  EXPECT_LE(cpu_ms(cost), 180);                       // counted twice it would be 200; includes a sanitized fork()
  EXPECT_FALSE(cost.switches_per_request.voluntary);  // the parent does not inherit the child's
  EXPECT_FALSE(cost.switches_per_request.involuntary);
}

TEST(Meter, CountsAChildThatEndedAndIsStillAZombie) {
  stepped_process s([](const auto& pause) {
    pause();
    const pid_t child = fork();
    if (child == 0) {
      burn(100ms);
      _exit(0);
    }
    siginfo_t info{};
    waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOWAIT);
    pause();
    waitpid(child, nullptr, 0);
    pause();
  });
  const meter m(s.pid());
  const auto begin = m.read();
  s.step();
  const auto zombie = m.read();
  const auto as_zombie = cpu_ms(m.cost(begin, zombie, 1));
  EXPECT_GE(as_zombie, 100);
  EXPECT_LT(as_zombie, 180);  // counted twice it would be 200; a sanitized fork() took 27
  s.step();                   // moves the zombie's time to its parent: still counted once
  EXPECT_NEAR(cpu_ms(m.cost(begin, m.read(), 1)), as_zombie, 60);
}

TEST(Meter, CountsLivingDescendants) {
  stepped_process s([](const auto& pause) {
    int done[2];
    if (pipe(done) != 0) _exit(1);
    pause();
    if (fork() == 0) {
      if (fork() == 0) {
        burn(200ms);
        if (write(done[1], "d", 1) != 1) _exit(1);
      }
      ::pause();
    }
    char d = 0;
    if (read(done[0], &d, 1) != 1) _exit(1);
    pause();
  });
  const auto cost = next_step(s);
  EXPECT_GE(cpu_ms(cost), 200);
  EXPECT_LT(cpu_ms(cost), 380);  // counted twice it would be 400; sanitized forks took 59
  server_cost memory;
  meter(s.pid()).read_memory(memory);
  EXPECT_EQ(memory.processes, 3u);
  for (const auto& p : process_tree(s.pid()))
    if (p.pid != s.pid()) kill(p.pid, SIGKILL);
}

TEST(Meter, CpuIsEmptyWhenAnEndedChildsTimeIsLost) {
  stepped_process s([](const auto& pause) {
    signal(SIGCHLD, SIG_IGN);
    int done[2], leave[2];
    if (pipe(done) != 0 || pipe(leave) != 0) _exit(1);
    const pid_t child = fork();
    if (child == 0) {
      close(leave[1]);
      burn(100ms);
      char byte = 0;
      if (write(done[1], "d", 1) != 1) _exit(1);
      _exit(read(leave[0], &byte, 1) > 0);
    }
    char d = 0;
    if (read(done[0], &d, 1) != 1) _exit(1);
    pause();
    close(leave[1]);
    waitpid(child, nullptr, 0);  // fails with ECHILD when the child is gone, without inheriting its time
    burn(150ms);                 // more than was lost, so that the sum does not decrease
    pause();
  });
  const auto cost = next_step(s);
  EXPECT_FALSE(cost.cpu_us_per_request);
  EXPECT_FALSE(cost.cpu_share);
}

TEST(Meter, IsEmptyForAProcessThatIsGone) {
  const pid_t child = fork();
  if (child == 0) _exit(0);
  waitpid(child, nullptr, 0);
  const meter m(child);
  const auto reading = m.read();
  EXPECT_FALSE(reading.cpu_ns);
  EXPECT_FALSE(reading.counts.voluntary);
  const auto cost = m.cost(reading, m.read(), 1);
  EXPECT_FALSE(cost.cpu_us_per_request);
  server_cost memory;
  m.read_memory(memory);
  EXPECT_FALSE(memory.rss_bytes);
  EXPECT_FALSE(memory.threads);
  EXPECT_FALSE(memory.processes);
}

TEST(Meter, NothingPerRequestWithoutRequests) {
  const meter m(getpid());
  const auto begin = m.read();
  burn(1ms);
  const auto cost = m.cost(begin, m.read(), 0);
  EXPECT_TRUE(cost.cpu_share);
  EXPECT_FALSE(cost.cpu_us_per_request);
  EXPECT_FALSE(cost.switches_per_request.voluntary);
}

TEST(Meter, AReusedPidIsAnotherProcess) {
  stepped_process s([](const auto& pause) { pause(); });
  const meter m(s.pid());
  const auto begin = m.read();
  auto end = m.read();
  ASSERT_TRUE(m.cost(begin, end, 1).cpu_us_per_request);
  end.tree.front().who.started_ticks += 1;
  EXPECT_FALSE(m.cost(begin, end, 1).cpu_us_per_request);
}

}  // namespace
}  // namespace tvl::load
