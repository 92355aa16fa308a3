#include "clients/load/meter/meter.hpp"

#include "clients/load/meter/taskstats.hpp"

#include <gtest/gtest.h>

#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cmath>
#include <cstdlib>
#include <functional>
#include <latch>
#include <thread>
#include <time.h>
#include <vector>

namespace tvl::load {
namespace {

using namespace std::chrono_literals;

// A process that does one step of `body` each time it is told to: body calls pause() between its steps.
class server {
 public:
  explicit server(const std::function<void(const std::function<void()>& pause)>& body) {
    int to[2], from[2];
    if (pipe(to) != 0 || pipe(from) != 0) std::abort();
    pid_ = fork();
    if (pid_ == 0) {
      close(to[1]);
      close(from[0]);
      body([&] {
        char go = 0;
        if (write(from[1], "p", 1) != 1 || read(to[0], &go, 1) != 1) _exit(0);
      });
      _exit(0);
    }
    close(to[0]);
    close(from[1]);
    go_ = to[1];
    paused_ = from[0];
    wait_for_pause();
  }
  ~server() {
    close(go_);
    close(paused_);
    waitpid(pid_, nullptr, 0);
  }
  server(const server&) = delete;
  server& operator=(const server&) = delete;

  pid_t pid() const { return pid_; }

  // Runs it up to its next pause().
  void step() {
    ASSERT_EQ(write(go_, "g", 1), 1);
    wait_for_pause();
  }

 private:
  void wait_for_pause() {
    char p = 0;
    ASSERT_EQ(read(paused_, &p, 1), 1);
  }

  pid_t pid_ = 0;
  int go_ = -1, paused_ = -1;
};

// Uses up CPU time of the calling thread, however long that takes on a busy machine.
void burn(std::chrono::nanoseconds cpu) {
  const auto used = [] {
    timespec t{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return t.tv_sec * 1'000'000'000 + t.tv_nsec;
  };
  for (const auto end = used() + cpu.count(); used() < end;) {
  }
}

void sleep_often(int times) {
  for (int i = 0; i < times; ++i) std::this_thread::sleep_for(100us);
}

// CPU of one window in milliseconds; NaN, which equals nothing, when the meter has none.
double cpu_ms(const server_cost& one_request) { return one_request.cpu_us_per_request.value_or(NAN) / 1000; }

// The cost of the server's next step, as if it were one request.
server_cost next_step(server& s) {
  const meter m(s.pid());
  const auto begin = m.read();
  s.step();
  return m.cost(begin, m.read(), 1);
}

TEST(Meter, CountsThreadsThatEnded) {
  server s([](const auto& pause) {
    pause();
    for (int i = 0; i < 3; ++i) std::thread([] { burn(40ms); }).join();
    pause();
  });
  const auto cost = next_step(s);
  EXPECT_GE(cpu_ms(cost), 120);
  EXPECT_LE(cpu_ms(cost), 200);  // counted twice it would be 240
}

TEST(Meter, CpuShareIsOfOneCore) {
  server s([](const auto& pause) {
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
  server s([](const auto& pause) {
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
  EXPECT_GE(cpu_ms(cost), 80);   // user and system time are each rounded down to 10 ms
  EXPECT_LE(cpu_ms(cost), 180);  // counted twice it would be 200; a sanitized fork() takes some, too
  EXPECT_FALSE(cost.switches_per_request.voluntary);  // nobody inherits the child's
  EXPECT_FALSE(cost.switches_per_request.involuntary);
}

TEST(Meter, CountsAChildThatEndedAndIsStillAZombie) {
  server s([](const auto& pause) {
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
  EXPECT_LT(as_zombie, 180);  // counted twice it would be 200; a sanitized fork() took 27 beside it
  s.step();                   // the zombie's time moves to its parent: counted once all the same
  EXPECT_NEAR(cpu_ms(m.cost(begin, m.read(), 1)), as_zombie, 60);
}

TEST(Meter, CountsLivingDescendants) {
  server s([](const auto& pause) {
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
  EXPECT_LT(cpu_ms(cost), 380);  // counted twice it would be 400; sanitized forks took 59 beside it
  server_cost memory;
  meter(s.pid()).read_memory(memory);
  EXPECT_EQ(memory.processes, 3u);
  for (const auto& p : process_tree(s.pid()))
    if (p.pid != s.pid()) kill(p.pid, SIGKILL);
}

TEST(Meter, SaysNothingWhenAnEndedChildsTimeIsLost) {
  server s([](const auto& pause) {
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
    waitpid(child, nullptr, 0);  // returns when it is gone, with ECHILD and without its time
    burn(150ms);                 // more than was lost: the sum does not go backwards
    pause();
  });
  const auto cost = next_step(s);
  EXPECT_FALSE(cost.cpu_us_per_request);
  EXPECT_FALSE(cost.cpu_share);
}

TEST(Meter, CountsSwitchesOfThreadsThatEnded) {
  if (!taskstats_switches(getpid()))
    GTEST_SKIP() << "no taskstats: it needs CAP_NET_ADMIN and a kernel that keeps the switches of ended threads";
  server s([](const auto& pause) {
    pause();
    for (int i = 0; i < 4; ++i) std::thread([] { sleep_often(50); }).join();
    pause();
  });
  const auto cost = next_step(s);
  EXPECT_GE(cost.switches_per_request.voluntary.value_or(NAN), 200);
  EXPECT_LE(cost.switches_per_request.voluntary.value_or(NAN), 230);
  EXPECT_TRUE(cost.switches_per_request.involuntary);
}

// The meter in a process without privileges, where taskstats refuses: what it says about one step of `s`.
struct unprivileged {
  bool by_threads = false;
  bool has_switches = false;
  double voluntary = 0;
};

unprivileged next_step_unprivileged(server& s) {
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
  server s([](const auto& pause) {
    pause();
    sleep_often(100);
    pause();
  });
  const auto seen = next_step_unprivileged(s);
  EXPECT_TRUE(seen.has_switches);
  EXPECT_GE(seen.voluntary, 100);
  EXPECT_LE(seen.voluntary, 110);
}

TEST(MeterWithoutTaskstats, SaysNothingWhenTheThreadsChanged) {
  server s([](const auto& pause) {
    pause();
    std::thread([] { ::pause(); }).detach();
    pause();
  });
  EXPECT_FALSE(next_step_unprivileged(s).has_switches);
}

TEST(MeterWithoutTaskstats, SaysNothingWhenAThreadCameAndWent) {
  server s([](const auto& pause) {
    pause();
    std::thread([] {
      burn(20ms);
      sleep_often(100);
    }).join();
    pause();
  });
  EXPECT_FALSE(next_step_unprivileged(s).has_switches);
}

TEST(Meter, ReadsMemoryAndThreads) {
  constexpr std::size_t touched = 64 << 20;
  constexpr int started = 32;
  server s([](const auto& pause) {
    pause();
    // MAP_POPULATE: the kernel touches the pages, so that a sanitizer's shadow memory does not join in.
    if (mmap(nullptr, touched, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0) == MAP_FAILED)
      _exit(1);
    pause();
    std::latch all(started + 1);
    for (int i = 0; i < started; ++i)
      std::thread([&all] {
        all.count_down();
        ::pause();
      }).detach();
    all.arrive_and_wait();
    pause();
  });
  const meter m(s.pid());
  server_cost before, after, threaded;
  m.read_memory(before);
  s.step();
  m.read_memory(after);
  s.step();
  m.read_memory(threaded);

  const auto grown = [](auto from, auto to) { return static_cast<double>(to.value() - from.value()); };
  EXPECT_NEAR(grown(before.rss_bytes, after.rss_bytes), touched, touched * 0.02);
  EXPECT_NEAR(grown(before.pss_bytes, after.pss_bytes), touched, touched * 0.02);
  EXPECT_NEAR(grown(before.kernel_bytes, after.kernel_bytes), touched / 512,
              touched / 512 * 0.5);                            // page tables
  EXPECT_EQ(grown(after.threads, threaded.threads), started);  // a sanitizer may run one of its own beside them
  EXPECT_EQ(threaded.processes, 1u);
  EXPECT_GE(grown(after.kernel_bytes, threaded.kernel_bytes), started * 16384);
  // A stack and its page tables each; and, of all together, those above them.
  EXPECT_LE(grown(after.kernel_bytes, threaded.kernel_bytes), started * (16384 + 3 * 4096) + 2 * 4096);
}

// What a row says of the server now.
second size_of(server& s) {
  second row;
  meter::add_size(meter(s.pid()).read(), row);
  return row;
}

TEST(Meter, ARowHasTheSizeOfTheWholeTree) {
  constexpr std::uint64_t touched = 64 << 20, opened = 100;
  server s([](const auto& pause) {
    pause();
    int done[2];
    if (pipe(done) != 0) _exit(1);
    if (fork() == 0) {
      for (std::uint64_t i = 0; i < opened; ++i)
        if (dup(0) < 0) _exit(1);
      mmap(nullptr, touched, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
      std::thread([&] {
        if (write(done[1], "d", 1) != 1) _exit(1);
        ::pause();
      }).detach();
      ::pause();
    }
    char d = 0;
    if (read(done[0], &d, 1) != 1) _exit(1);
    pause();
  });
  const auto before = size_of(s);
  s.step();
  const auto after = size_of(s);
  EXPECT_GE(after.threads.value(), before.threads.value() + 2);
  EXPECT_LE(after.threads.value(), before.threads.value() + 3);  // a sanitizer may run one of its own beside them
  // The child has what its parent had, and its own; the parent a pipe more.
  EXPECT_EQ(after.descriptors.value(), 2 * (before.descriptors.value() + 2) + opened);
  EXPECT_GE(after.rss.value(), before.rss.value() + touched);
  for (const auto& p : process_tree(s.pid()))
    if (p.pid != s.pid()) kill(p.pid, SIGKILL);
}

TEST(Meter, ARowSaysNothingOfAProcessThatIsGone) {
  second row;
  meter::add_size(meter::reading{}, row);
  EXPECT_FALSE(row.rss);
  EXPECT_FALSE(row.threads);
  EXPECT_FALSE(row.descriptors);
}

TEST(Meter, KnowsNothingAboutAProcessThatIsGone) {
  const pid_t child = fork();
  if (child == 0) _exit(0);
  waitpid(child, nullptr, 0);
  const meter m(child);
  const auto reading = m.read();
  EXPECT_FALSE(reading.cpu_ns);
  EXPECT_FALSE(reading.voluntary);
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

TEST(Meter, AnotherProcessUnderTheSamePidIsNotThisOne) {
  server s([](const auto& pause) { pause(); });
  const meter m(s.pid());
  const auto begin = m.read();
  auto end = m.read();
  ASSERT_TRUE(m.cost(begin, end, 1).cpu_us_per_request);
  end.tree.front().who.started_ticks += 1;
  EXPECT_FALSE(m.cost(begin, end, 1).cpu_us_per_request);
}

TEST(ProcField, FindsWholeKeysAtTheStartOfALine) {
  const std::string text = "SwapPss:  9 kB\nPss_Dirty:  8 kB\nPss:      7 kB\nnonvoluntary_ctxt_switches:\t6\n";
  EXPECT_EQ(proc_field(text, "Pss"), 7u);
  EXPECT_EQ(proc_field(text, "nonvoluntary_ctxt_switches"), 6u);
  EXPECT_FALSE(proc_field(text, "voluntary_ctxt_switches"));
  EXPECT_FALSE(proc_field("", "Pss"));
  EXPECT_FALSE(proc_field("Pss:\nRss: 3\n", "Pss"));
}

}  // namespace
}  // namespace tvl::load
