#include "bench/suite/schedule.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>

namespace tvl::suite {
namespace {

TEST(schedule, rotates_contestants_from_repetition_to_repetition) {
  std::vector<std::string> order;
  for (const auto& s : schedule({{"delay", {64}, {"a", "b", "c"}, 4}})) {
    EXPECT_EQ(s.position, static_cast<int>(order.size()) % 3);
    EXPECT_EQ(s.repetition, static_cast<int>(order.size()) / 3);
    order.push_back(s.contestant);
  }
  EXPECT_EQ(order, (std::vector<std::string>{"a", "b", "c", "b", "c", "a", "c", "a", "b", "a", "b", "c"}));
}

TEST(schedule, keeps_blocks_together) {
  const auto points = schedule({{"delay", {1, 64}, {"a", "b"}, 3}, {"churn", {8}, {"a"}, 2}});
  ASSERT_EQ(points.size(), 2U * 2 * 3 + 2);
  std::set<std::string> closed;
  std::string open;
  for (const auto& s : points) {
    if (s.block() == open) continue;
    closed.insert(open);
    EXPECT_FALSE(closed.contains(s.block())) << s.block() << " is torn apart";
    open = s.block();
  }
}

TEST(schedule, is_fair_to_every_place_when_repetitions_are_a_multiple_of_contestants) {
  std::map<std::pair<std::string, int>, int> times;
  for (const auto& s : schedule({{"w", {1}, {"a", "b", "c"}, 6}})) ++times[{s.contestant, s.position}];
  EXPECT_EQ(times.size(), 9U);
  for (const auto& [place, count] : times) EXPECT_EQ(count, 2);
}

TEST(schedule, names_are_workload_contestant_load) {
  const auto points = schedule({{"delay", {64}, {"asio_loop"}, 1}});
  ASSERT_EQ(points.size(), 1U);
  EXPECT_EQ(points[0].name(), "delay/asio_loop/64");
  EXPECT_EQ(points[0].block(), "delay/64");
}

TEST(schedule, of_nobody_is_empty) { EXPECT_TRUE(schedule({{"delay", {1, 2}, {}, 5}}).empty()); }

}  // namespace
}  // namespace tvl::suite
