#include "bench/primitives/support/task.hpp"

#include <gtest/gtest.h>

#include <string>

namespace tvl::primitives {
namespace {

using namespace std::chrono_literals;

task<int> number(int i) { co_return i; }

task<> write_down(fifo_loop& loop, std::string& written, char name, int times) {
  for (int i = 0; i < times; ++i) {
    written += name;
    co_await loop.yield();
  }
}

TEST(task, gives_its_result_to_who_awaits_it) {
  fifo_loop loop;
  const auto sum = [](fifo_loop& l) -> task<int> {
    auto spawned = l.spawn(number(30));
    auto started = l.spawn(number(400));
    co_await l.yield();  // both have ended
    co_return co_await number(2) + co_await spawned + co_await started;
  };
  EXPECT_EQ(loop.run(sum(loop)), 432);
}

TEST(task, does_not_start_by_itself) {
  std::string written;
  fifo_loop loop;
  { const auto never_awaited = write_down(loop, written, 'a', 1); }
  EXPECT_EQ(written, "");
}

TEST(task, takes_turns_in_the_order_it_was_spawned) {
  std::string written;
  fifo_loop loop;
  const auto all = [&written](fifo_loop& l) -> task<> {
    auto a = l.spawn(write_down(l, written, 'a', 3));
    auto b = l.spawn(write_down(l, written, 'b', 2));
    written += '.';  // spawned tasks have not started
    co_await b;
    co_await a;
  };
  loop.run(all(loop));
  EXPECT_EQ(written, ".ababa");
}

// The chain would overflow the stack if each task used some of it.
TEST(task, that_awaits_the_next_needs_no_stack) {
  struct chain {
    // Not `left == 0 ? 0 : 1 + co_await ...`: g++ 14 makes the task of the branch that is not taken, too, without end.
    static task<int> link(int left) {
      if (left == 0) co_return 0;
      co_return 1 + co_await link(left - 1);
    }
  };
  fifo_loop loop;
  EXPECT_EQ(loop.run(chain::link(200'000)), 200'000);
}

task<> sleep_and_write(fifo_loop& loop, std::string& written, char name, std::chrono::milliseconds time) {
  const auto due = fifo_loop::clock::now() + time;
  co_await loop.sleep_until(due);
  EXPECT_GE(fifo_loop::clock::now(), due);
  written += name;
}

TEST(task, sleeps_while_others_run_and_wakes_in_order_of_time) {
  std::string written;
  fifo_loop loop;
  const auto all = [&written](fifo_loop& l) -> task<> {
    auto late = l.spawn(sleep_and_write(l, written, 'z', 300ms));
    auto early = l.spawn(sleep_and_write(l, written, 'y', 1ms));
    auto busy = l.spawn(write_down(l, written, 'a', 2));
    co_await late;
    co_await early;
    co_await busy;
  };
  loop.run(all(loop));
  EXPECT_EQ(written.back(), 'z');
  EXPECT_EQ(written.find('a'), 0u);
  EXPECT_EQ(written.size(), 4u);
}

}  // namespace
}  // namespace tvl::primitives
