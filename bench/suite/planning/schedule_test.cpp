#include "bench/suite/planning/schedule.hpp"

#include "bench/suite/processes/test_support.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

namespace tvl::suite {
namespace {

std::vector<variable> connections(const std::vector<long>& values) { return {numbers("connections", values)}; }

std::vector<std::string> names_of(const std::vector<scheduled>& points) {
  std::vector<std::string> names;
  for (const auto& s : points) names.push_back(s.name());
  return names;
}

TEST(schedule, measures_each_repetition_in_an_order_of_its_own_and_the_first_as_they_are_named) {
  std::map<int, std::vector<std::string>> orders;
  for (const auto& s : schedule({{"delay", connections({64}), {"a", "b", "c"}, 4}})) {
    auto& names = orders[s.repetition];
    EXPECT_EQ(s.position, static_cast<int>(names.size()));
    EXPECT_EQ(s.group, s.repetition);
    names.push_back(s.contestant + (s.control ? "'" : ""));
  }
  ASSERT_EQ(orders.size(), 4U);
  EXPECT_EQ(orders[0], (std::vector<std::string>{"a", "a'", "b", "c"}));
  std::set<std::vector<std::string>> different;
  for (auto& [repetition, names] : orders) {
    different.insert(names);
    std::ranges::sort(names);
    EXPECT_EQ(names, (std::vector<std::string>{"a", "a'", "b", "c"}));
  }
  EXPECT_EQ(different.size(), 4U);
}

TEST(schedule, the_baseline_has_a_control_wherever_it_is_compared) {
  const auto controls = [](const std::vector<selected_workload>& workloads) {
    std::vector<std::string> names;
    for (const auto& s : schedule(workloads)) {
      if (s.control) names.push_back(s.name());
    }
    return names;
  };
  using names = std::vector<std::string>;
  EXPECT_EQ(controls({{"w", connections({1, 8}), {"a", "b"}, 1}}), (names{"w/a/1/control", "w/a/8/control"}));
  EXPECT_EQ(controls({{"w", connections({1}), {"a"}, 3}}), names()) << "nothing to compare";
  const std::vector<variable> variables = {numbers("connections", {1}), numbers("threads", {4, 8}, role::series)};
  EXPECT_EQ(controls({{"w", variables, {"loop", "pool", "prefork"}, 1, {{"loop", {"threads"}}}}}),
            names{"w/loop/1/control"})
      << "where it is measured";
}

TEST(schedule, a_share_of_the_blocks_has_controls_and_the_seed_says_which) {
  const auto controls = [](double share, std::uint64_t seed) {
    std::set<std::string> names;
    for (const auto& s : schedule({{"w", connections({1, 2, 3, 4, 5}), {"a", "b"}, 2}}, seed, share)) {
      if (s.control) names.insert(s.name());
    }
    return names;
  };
  EXPECT_EQ(controls(0.25, 1).size(), 2U) << "rounded up";
  EXPECT_EQ(controls(0, 1).size(), 0U);
  EXPECT_EQ(controls(1, 1).size(), 5U);
  EXPECT_EQ(controls(0.25, 1), controls(0.25, 1));
  std::set<std::set<std::string>> different;
  for (std::uint64_t seed = 0; seed < 20; ++seed) different.insert(controls(0.25, seed));
  EXPECT_GT(different.size(), 1U);
}

TEST(schedule, is_the_same_for_the_same_seed) {
  const auto order = [](std::uint64_t seed) {
    std::vector<std::string> names;
    for (const auto& s : schedule({{"w", connections({1, 2, 3}), {"a", "b", "c", "d"}, 5}}, seed)) {
      names.push_back(s.name());
    }
    return names;
  };
  EXPECT_EQ(order(4), order(4));
  EXPECT_NE(order(4), order(5));
}

TEST(schedule, keeps_the_points_of_a_group_next_to_each_other) {
  const std::vector<variable> matrix = {numbers("connections", {1, 64}), numbers("rate", {10, 20}, role::facet)};
  const auto points = schedule({{"delay", matrix, {"a", "b"}, 3}, {"churn", connections({8}), {"a"}, 2}});
  ASSERT_EQ(points.size(), 2U * 2 * 3 * 3 + 2);
  EXPECT_EQ(points.back().group, 2 * 2 * 3 + 2 - 1);
  for (std::size_t i = 1; i < points.size(); ++i) {
    EXPECT_EQ(points[i].position == 0, points[i].group != points[i - 1].group) << i;
    EXPECT_EQ(points[i].group == points[i - 1].group,
              points[i].block() == points[i - 1].block() && points[i].repetition == points[i - 1].repetition)
        << i;
  }
}

TEST(schedule, goes_through_everything_before_it_repeats_anything) {
  std::vector<std::string> groups;
  for (const auto& s : schedule({{"delay", connections({1, 8}), {"a"}, 3}, {"churn", connections({4}), {"a"}, 2}})) {
    groups.push_back(s.block() + "#" + std::to_string(s.repetition));
  }
  EXPECT_EQ(groups, (std::vector<std::string>{"delay/1#0", "delay/8#0", "churn/4#0", "delay/1#1", "delay/8#1",
                                              "churn/4#1", "delay/1#2", "delay/8#2"}));
}

TEST(schedule, gives_each_contestant_every_place_equally_often_when_repetitions_allow_it) {
  std::map<std::tuple<std::string, bool, int>, int> times;
  for (const auto& s : schedule({{"w", connections({1}), {"a", "b", "c"}, 8}})) {
    ++times[{s.contestant, s.control, s.position}];
  }
  EXPECT_EQ(times.size(), 16U);
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

TEST(schedule, a_profiled_round_is_next_to_a_plain_one) {
  const auto points = with_profiles(schedule({{"w", connections({1}), {"a", "b"}, 2}}, 0, 0));
  ASSERT_EQ(points.size(), 8U);
  std::map<std::string, int> profiled_first;
  for (std::size_t i = 0; i < points.size(); i += 2) {
    auto name = points[i + 1].name(), profiled = points[i].name();
    if (points[i].profiled)
      ++profiled_first[points[i].contestant];
    else
      std::swap(name, profiled);
    EXPECT_EQ(profiled, name + "/profiled");
    EXPECT_EQ(points[i].group, points[i + 1].group);
  }
  EXPECT_EQ(profiled_first, (std::map<std::string, int>{{"a", 1}, {"b", 1}}));
  EXPECT_EQ(row_of(points, 4).size(), 4U);
}

TEST(schedule, every_combination_of_values_is_a_block) {
  const variable rate{"rate", {{"saturation", std::nullopt}, quantity::of(2000)}, role::facet};
  const auto points = schedule({{"models", {numbers("connections", {1, 64}), rate}, {"a", "b"}, 1}});
  std::vector<std::string> blocks;
  for (const auto& s : points) {
    if (s.position == 0) blocks.push_back(s.block());
  }
  EXPECT_EQ(blocks, (std::vector<std::string>{"models/1/rate:saturation", "models/1/rate:2000",
                                              "models/64/rate:saturation", "models/64/rate:2000"}));
  EXPECT_EQ(points.size(), 4U * 3);
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

TEST(schedule, a_contestant_that_does_not_take_a_variable_is_measured_once) {
  const std::vector<variable> variables = {numbers("processes", {1, 2}), numbers("threads", {4, 8}, role::series)};
  const auto points = schedule({{"w", variables, {"prefork", "loops"}, 1, {{"loops", {"threads"}}}}});
  EXPECT_EQ(names_of(points),
            (std::vector<std::string>{"w/prefork/1/threads:4", "w/prefork/1/threads:4/control", "w/loops/1",
                                      "w/prefork/1/threads:8", "w/prefork/2/threads:4", "w/prefork/2/threads:4/control",
                                      "w/loops/2", "w/prefork/2/threads:8"}));
  EXPECT_EQ(points[2].series(), std::nullopt);
}

TEST(schedule, without_contestants_is_empty) { EXPECT_TRUE(schedule({{"delay", connections({1, 2}), {}, 5}}).empty()); }

}  // namespace
}  // namespace tvl::suite
