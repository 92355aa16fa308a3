#include "bench/suite/schedule.hpp"

#include "bench/suite/test_support.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>

namespace tvl::suite {
namespace {

std::vector<variable> connections(const std::vector<long>& values) { return {numbers("connections", values)}; }

std::vector<std::string> names_of(const std::vector<scheduled>& points) {
  std::vector<std::string> names;
  for (const auto& s : points) names.push_back(s.name());
  return names;
}

TEST(schedule, rotates_contestants_from_repetition_to_repetition) {
  std::vector<std::string> order;
  for (const auto& s : schedule({{"delay", connections({64}), {"a", "b", "c"}, 4}})) {
    EXPECT_EQ(s.position, static_cast<int>(order.size()) % 3);
    EXPECT_EQ(s.repetition, static_cast<int>(order.size()) / 3);
    order.push_back(s.contestant);
  }
  EXPECT_EQ(order, (std::vector<std::string>{"a", "b", "c", "b", "c", "a", "c", "a", "b", "a", "b", "c"}));
}

TEST(schedule, keeps_blocks_together) {
  const std::vector<variable> matrix = {numbers("connections", {1, 64}), numbers("rate", {10, 20}, role::facet)};
  const auto points = schedule({{"delay", matrix, {"a", "b"}, 3}, {"churn", connections({8}), {"a"}, 2}});
  ASSERT_EQ(points.size(), 2U * 2 * 2 * 3 + 2);
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
  for (const auto& s : schedule({{"w", connections({1}), {"a", "b", "c"}, 6}})) ++times[{s.contestant, s.position}];
  EXPECT_EQ(times.size(), 9U);
  for (const auto& [place, count] : times) EXPECT_EQ(count, 2);
}

TEST(schedule, names_are_workload_contestant_load) {
  const auto points = schedule({{"delay", connections({64}), {"asio_loop"}, 1}});
  ASSERT_EQ(points.size(), 1U);
  EXPECT_EQ(points[0].name(), "delay/asio_loop/64");
  EXPECT_EQ(points[0].block(), "delay/64");
  EXPECT_EQ(points[0].connections(), 64);
  EXPECT_EQ(points[0].series(), std::nullopt);
  EXPECT_EQ(points[0].facet(), std::nullopt);
}

TEST(schedule, every_combination_of_values_is_a_block) {
  const variable rate{"rate", {{"saturation", std::nullopt}, quantity::of(2000)}, role::facet};
  const auto points = schedule({{"models", {numbers("connections", {1, 64}), rate}, {"a", "b"}, 1}});
  EXPECT_EQ(names_of(points), (std::vector<std::string>{"models/a/1/rate:saturation", "models/b/1/rate:saturation",
                                                        "models/a/1/rate:2000", "models/b/1/rate:2000",
                                                        "models/a/64/rate:saturation", "models/b/64/rate:saturation",
                                                        "models/a/64/rate:2000", "models/b/64/rate:2000"}));
}

TEST(schedule, x_comes_first_in_a_name_and_what_is_fixed_is_not_in_it) {
  const std::vector<variable> variables = {
      numbers("connections", {256}, role::fixed), numbers("rate", {10, 20}, role::facet), numbers("threads", {4, 8}),
      numbers("processes", {1, 2}, role::series), numbers("ms", {5, 50}, role::facet)};
  const auto last = schedule({{"w", variables, {"a"}, 1}}).back();
  EXPECT_EQ(last.name(), "w/a/8/rate:20/processes:2/ms:50");
  EXPECT_EQ(last.load(), "8/rate:20/processes:2/ms:50");
  EXPECT_EQ(last.x(), quantity::of(8));
  EXPECT_EQ(last.series(), "processes:2");
  EXPECT_EQ(last.facet(), "rate:20 ms:50");
  EXPECT_EQ(last.connections(), 256);
}

TEST(schedule, who_does_not_know_a_variable_is_measured_once) {
  const std::vector<variable> variables = {numbers("processes", {1, 2}), numbers("threads", {4, 8}, role::series)};
  const auto points = schedule({{"w", variables, {"prefork", "loops"}, 1, {{"loops", {"threads"}}}}});
  EXPECT_EQ(names_of(points),
            (std::vector<std::string>{"w/prefork/1/threads:4", "w/loops/1", "w/prefork/1/threads:8",
                                      "w/prefork/2/threads:4", "w/loops/2", "w/prefork/2/threads:8"}));
  EXPECT_EQ(points[1].series(), std::nullopt);
}

TEST(schedule, of_nobody_is_empty) { EXPECT_TRUE(schedule({{"delay", connections({1, 2}), {}, 5}}).empty()); }

}  // namespace
}  // namespace tvl::suite
