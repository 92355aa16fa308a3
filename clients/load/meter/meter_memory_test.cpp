#include "clients/load/meter/meter.hpp"
#include "clients/load/meter/stepped_process.hpp"

#include <gtest/gtest.h>

#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include <latch>
#include <thread>

namespace tvl::load {
namespace {

TEST(Meter, ReadsMemoryAndThreads) {
  constexpr std::size_t touched = 64 << 20;
  constexpr int started = 32;
  stepped_process s([](const auto& pause) {
    pause();
    // MAP_POPULATE: the kernel touches the pages, without a sanitizer's shadow memory.
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
  EXPECT_EQ(grown(after.threads, threaded.threads), started);  // a sanitizer may add a thread
  EXPECT_EQ(threaded.processes, 1u);
  EXPECT_GE(grown(after.kernel_bytes, threaded.kernel_bytes), started * 16384);
  // A stack and its page tables for each thread, and shared upper page tables.
  EXPECT_LE(grown(after.kernel_bytes, threaded.kernel_bytes), started * (16384 + 3 * 4096) + 2 * 4096);
}

// The size of the process now.
timeline_row size_of(stepped_process& s) {
  timeline_row row;
  meter::add_size(meter(s.pid()).read(), row);
  return row;
}

TEST(Meter, ARowHasTheSizeOfTheWholeTree) {
  constexpr std::uint64_t touched = 64 << 20, opened = 100;
  stepped_process s([](const auto& pause) {
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
  EXPECT_LE(after.threads.value(), before.threads.value() + 3);  // a sanitizer may add a thread
  // The parent opened a pipe, the child inherited all and opened its own.
  EXPECT_EQ(after.descriptors.value(), 2 * (before.descriptors.value() + 2) + opened);
  EXPECT_GE(after.rss.value(), before.rss.value() + touched);
  for (const auto& p : process_tree(s.pid()))
    if (p.pid != s.pid()) kill(p.pid, SIGKILL);
}

TEST(Meter, ARowIsEmptyForAProcessThatIsGone) {
  timeline_row row;
  meter::add_size(meter::reading{}, row);
  EXPECT_FALSE(row.rss);
  EXPECT_FALSE(row.threads);
  EXPECT_FALSE(row.descriptors);
}

}  // namespace
}  // namespace tvl::load
