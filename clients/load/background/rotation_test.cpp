#include "clients/load/background/rotation.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace tvl::load {
namespace {

std::vector<std::size_t> turns(rotation& r, std::int64_t now) {
  std::vector<std::size_t> result;
  r.take(now, [&](std::size_t member) { result.push_back(member); });
  return result;
}

TEST(rotation, spreads_the_turns_evenly_over_the_period) {
  rotation r(4, 1000, 5000);
  EXPECT_EQ(r.next(), 5000);
  EXPECT_EQ(turns(r, 4999), (std::vector<std::size_t>{}));
  EXPECT_EQ(turns(r, 5000), (std::vector<std::size_t>{0}));
  EXPECT_EQ(r.next(), 5250);
  EXPECT_EQ(turns(r, 5500), (std::vector<std::size_t>{1, 2}));
  EXPECT_EQ(turns(r, 6000), (std::vector<std::size_t>{3, 0}));
}

TEST(rotation, next_is_exactly_when_a_turn_can_be_taken) {
  rotation r(7, 1000, 0);  // 1000 / 7 is not an integer
  for (int turn = 0; turn < 7000; ++turn) {
    const std::int64_t next = r.next();
    ASSERT_TRUE(turns(r, next - 1).empty()) << turn;
    ASSERT_EQ(turns(r, next).size(), 1u) << turn;
  }
  EXPECT_EQ(r.next(), 1'000'000) << "no drift";
}

TEST(rotation, skips_missed_rounds) {
  rotation r(3, 300, 0);
  EXPECT_EQ(turns(r, 3050), (std::vector<std::size_t>{0})) << "the turns due at 2800 and 2900 were of missed rounds";
  rotation late(3, 300, 0);
  EXPECT_EQ(turns(late, 0).size(), 1u);
  EXPECT_EQ(turns(late, 100'299), (std::vector<std::size_t>{1, 2, 0})) << "one turn each";
  EXPECT_EQ(late.next(), 100'300);
}

TEST(rotation, without_members_is_never_due) {
  rotation r(0, 1000, 0);
  EXPECT_EQ(r.next(), INT64_MAX);
  EXPECT_TRUE(turns(r, 1'000'000).empty());
}

}  // namespace
}  // namespace tvl::load
