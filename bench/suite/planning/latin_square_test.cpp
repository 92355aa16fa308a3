#include "bench/suite/planning/latin_square.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <utility>

namespace tvl::suite {
namespace {

std::vector<order> orders_of(std::size_t items, int repetitions, unsigned seed = 1) {
  std::mt19937_64 random(seed);
  return balanced_orders(items, repetitions, random);
}

// (item, place) -> how often.
std::map<std::pair<std::size_t, std::size_t>, int> places(const std::vector<order>& orders) {
  std::map<std::pair<std::size_t, std::size_t>, int> times;
  for (const auto& one : orders) {
    for (std::size_t place = 0; place < one.size(); ++place) ++times[{one[place], place}];
  }
  return times;
}

// (item, the one right before it) -> how often.
std::map<std::pair<std::size_t, std::size_t>, int> neighbours(const std::vector<order>& orders) {
  std::map<std::pair<std::size_t, std::size_t>, int> times;
  for (const auto& one : orders) {
    for (std::size_t place = 1; place < one.size(); ++place) ++times[{one[place], one[place - 1]}];
  }
  return times;
}

TEST(latin_square, every_item_has_every_place_equally_often_in_full_squares) {
  for (const std::size_t n : {1U, 2U, 3U, 4U, 7U, 8U, 19U, 20U}) {
    const auto times = places(orders_of(n, 2 * static_cast<int>(n)));
    EXPECT_EQ(times.size(), n * n);
    for (const auto& [where, count] : times) EXPECT_EQ(count, 2) << n;
  }
}

TEST(latin_square, every_pair_of_neighbours_is_equally_often) {
  for (const std::size_t n : {2U, 4U, 6U, 20U}) {
    const auto times = neighbours(orders_of(n, static_cast<int>(n)));
    EXPECT_EQ(times.size(), n * (n - 1));
    for (const auto& [pair, count] : times) EXPECT_EQ(count, 1) << n;
  }
  for (const std::size_t n : {3U, 5U, 19U}) {
    const auto times = neighbours(orders_of(n, 2 * static_cast<int>(n)));
    EXPECT_EQ(times.size(), n * (n - 1));
    for (const auto& [pair, count] : times) EXPECT_EQ(count, 2) << n;
  }
}

TEST(latin_square, too_few_repetitions_give_no_place_twice_and_similar_mean_places) {
  for (const std::size_t n : {8U, 20U}) {
    const auto orders = orders_of(n, 5);
    for (const auto& [where, count] : places(orders)) EXPECT_EQ(count, 1);
    std::vector<double> mean(n, 0);
    for (const auto& [where, count] : places(orders)) mean[where.first] += static_cast<double>(where.second) / 5;
    const auto [least, most] = std::ranges::minmax(mean);
    EXPECT_LT(most - least, 0.25 * static_cast<double>(n)) << "rotating a list of " << n << " five times gives more";
  }
}

TEST(latin_square, places_differ_by_one_at_most_where_repetitions_fill_no_square) {
  for (const int repetitions : {1, 2, 3, 4, 5, 7}) {
    const auto times = places(orders_of(3, repetitions));
    for (std::size_t item = 0; item < 3; ++item) {
      for (std::size_t place = 0; place < 3; ++place) {
        const auto found = times.find({item, place});
        const int count = found == times.end() ? 0 : found->second;
        EXPECT_GE(count, repetitions / 3);
        EXPECT_LE(count, (repetitions + 2) / 3);
      }
    }
  }
}

TEST(latin_square, begins_in_the_given_order_and_is_the_seeds_from_there_on) {
  EXPECT_EQ(orders_of(4, 1), (std::vector<order>{{0, 1, 2, 3}}));
  EXPECT_EQ(orders_of(20, 5, 7), orders_of(20, 5, 7));
  EXPECT_EQ(orders_of(20, 20, 7).front(), orders_of(20, 20, 8).front());
  EXPECT_NE(orders_of(20, 20, 7), orders_of(20, 20, 8));
  EXPECT_TRUE(orders_of(0, 5).empty());
}

}  // namespace
}  // namespace tvl::suite
