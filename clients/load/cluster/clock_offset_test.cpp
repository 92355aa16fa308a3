#include "clients/load/cluster/clock_offset.hpp"

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace tvl::load {
namespace {

TEST(ClockOffset, TheShortestRoundTripDecides) {
  const std::vector<clock_exchange> all = {{100, 5'000'400, 900}, {2000, 5'002'150, 2200}, {3000, 5'003'900, 4000}};
  const auto found = offset_of(all);
  EXPECT_EQ(found.ahead, 5'000'050);
  EXPECT_EQ(found.uncertainty, 101);
}

// The ways there and back may take differently long; the truth is never further away than the uncertainty.
TEST(ClockOffset, TheTruthLiesWithinTheUncertainty) {
  std::mt19937_64 random(1);
  std::exponential_distribution<double> queue(1 / 50e3);
  for (int run = 0; run < 200; ++run) {
    const std::int64_t ahead = (run - 70) * std::int64_t{100'000'000};
    std::vector<clock_exchange> all;
    for (int i = 0; i < 100; ++i) {
      clock_exchange e{.asked = i * 1'000'000};
      const auto arrives = e.asked + 20'000 + static_cast<std::int64_t>(queue(random));
      e.answered = arrives + ahead;
      e.received = arrives + 30'000 + static_cast<std::int64_t>(queue(random));
      all.push_back(e);
    }
    const auto found = offset_of(all);
    EXPECT_LE(std::abs(found.ahead - ahead), found.uncertainty);
    EXPECT_LT(found.uncertainty, 50'000);
  }
}

}  // namespace
}  // namespace tvl::load
