#include "servers/runtime/bounded_queue.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <thread>
#include <vector>

namespace tvl::runtime {
namespace {

using namespace std::chrono_literals;

TEST(bounded_queue, gives_back_in_order) {
  bounded_queue<int> q(3);
  for (int i = 0; i < 3; ++i) q.push(i);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(q.pop(), i);
}

TEST(bounded_queue, takes_what_can_only_be_moved) {
  bounded_queue<std::unique_ptr<int>> q(1);
  q.push(std::make_unique<int>(7));
  EXPECT_EQ(**q.pop(), 7);
}

TEST(bounded_queue, gives_the_rest_after_it_was_closed_and_then_nothing) {
  bounded_queue<int> q(2);
  q.push(1);
  q.push(2);
  q.close();
  EXPECT_EQ(q.pop(), 1);
  EXPECT_EQ(q.pop(), 2);
  EXPECT_EQ(q.pop(), std::nullopt);
  EXPECT_EQ(q.pop(), std::nullopt);
}

TEST(bounded_queue, blocks_push_while_it_is_full) {
  bounded_queue<int> q(2);
  std::atomic<int> pushed = 0;
  std::jthread pusher([&] {
    for (int i = 0; i < 4; ++i) {
      q.push(i);
      ++pushed;
    }
  });
  // Time to push too many. Too short, the test gets weaker, not wrong.
  std::this_thread::sleep_for(50ms);
  EXPECT_LE(pushed, 2);
  for (int i = 0; i < 4; ++i) EXPECT_EQ(q.pop(), i);
  pusher.join();
  EXPECT_EQ(pushed, 4);
}

TEST(bounded_queue, wakes_all_waiters_when_it_is_closed) {
  bounded_queue<int> q(1);
  std::atomic<int> empty = 0;
  {
    std::vector<std::jthread> waiting;
    for (int i = 0; i < 4; ++i)
      waiting.emplace_back([&] {
        if (!q.pop()) ++empty;
      });
    std::this_thread::sleep_for(20ms);
    q.close();
  }
  EXPECT_EQ(empty, 4);
}

TEST(bounded_queue, gives_each_item_to_one_of_many) {
  constexpr int items = 20'000;
  bounded_queue<int> q(3);
  std::vector<std::atomic<int>> taken(items);
  {
    std::vector<std::jthread> takers;
    for (int i = 0; i < 4; ++i)
      takers.emplace_back([&] {
        while (const auto item = q.pop()) ++taken[static_cast<std::size_t>(*item)];
      });
    {
      std::vector<std::jthread> pushers;
      for (int p = 0; p < 2; ++p)
        pushers.emplace_back([&, p] {
          for (int i = p; i < items; i += 2) q.push(i);
        });
    }
    q.close();
  }
  for (const auto& times : taken) ASSERT_EQ(times, 1);
}

}  // namespace
}  // namespace tvl::runtime
