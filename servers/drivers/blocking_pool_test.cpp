#include "servers/drivers/blocking_pool.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace tvl::waits::blocking {
namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

struct connection {
  int number;
  std::atomic<int> users = 0;
};
using connections = pool<connection>;

auto numbered() {
  return [n = 0]() mutable { return std::make_unique<connection>(n++); };
}

TEST(blocking_pool, lends_each_connection_once) {
  connections all(2, 0, numbered());
  auto one = all.take(clock::now() + 1h);
  auto two = all.take(clock::now() + 1h);
  ASSERT_TRUE(one && two);
  EXPECT_NE(one->number, two->number);
  EXPECT_FALSE(all.take(clock::now() + 1h)) << "at once: the queue has no place";
}

TEST(blocking_pool, gets_back_what_it_lent) {
  connections all(1, 0, numbered());
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(all.take(clock::now() + 1h));
}

TEST(blocking_pool, ends_a_wait_at_its_deadline) {
  connections all(1, 1, numbered());
  const auto held = all.take(clock::now());
  const auto deadline = clock::now() + 20ms;
  EXPECT_FALSE(all.take(deadline));
  EXPECT_GE(clock::now(), deadline);
}

TEST(blocking_pool, hands_over_to_a_waiter) {
  connections all(1, 1, numbered());
  std::atomic<bool> served = false;
  std::jthread waiter;
  {
    const auto held = all.take(clock::now());
    waiter = std::jthread([&] { served = static_cast<bool>(all.take(clock::now() + 1h)); });
    std::this_thread::sleep_for(20ms);
    EXPECT_FALSE(served);
  }
  waiter.join();
  EXPECT_TRUE(served);
  EXPECT_TRUE(all.take(clock::now()));
}

TEST(blocking_pool, has_one_user_per_connection_under_contention) {
  connections all(3, 5, numbered());
  std::atomic<int> taken = 0, clashes = 0;
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 8; ++t)
      threads.emplace_back([&, t] {
        for (int i = 0; i < 300; ++i) {
          const auto lease = all.take(clock::now() + (t % 2 ? 50us : 1s));
          if (!lease) continue;
          ++taken;
          if (lease->users++ != 0) ++clashes;
          std::this_thread::yield();
          --lease->users;
        }
      });
  }
  EXPECT_EQ(clashes, 0);
  EXPECT_GT(taken, 0);
  std::vector<connections::lease> back;
  for (int i = 0; i < 3; ++i) back.push_back(all.take(clock::now()));
  EXPECT_TRUE(back[0] && back[1] && back[2]) << "all came back";
}

}  // namespace
}  // namespace tvl::waits::blocking
