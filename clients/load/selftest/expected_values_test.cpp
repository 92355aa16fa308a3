#include "clients/load/selftest/expected_values.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <random>

namespace tvl::load::analytic {
namespace {

TEST(StallQuantile, IsTheStallMinusTheShareOfTheWindow) {
  EXPECT_NEAR(stall_quantile(0.99, 1.4, 20), 1.2, 1e-12);
  EXPECT_NEAR(stall_quantile(1, 1.4, 20), 1.4, 1e-12);
  EXPECT_NEAR(stall_quantile(0.95, 1.4, 20), 0.4, 1e-12);
  EXPECT_EQ(stall_quantile(0.9, 1.4, 20), 0);  // 93 % saw no stall
}

TEST(StallQuantile, IsHigherWhenTheServerIsSlowToCatchUp) {
  EXPECT_NEAR(stall_quantile(0.99, 1.4, 20, 0.5), 1.3, 1e-12);
  EXPECT_NEAR(stall_quantile(0.5, 1.4, 20, 1), 1.4, 1e-12);  // the queue never drains
}

TEST(MeanWait, OfMD1) {
  EXPECT_NEAR(md1_mean_wait(500, 0.001), 0.0005, 1e-12);  // half full: half a service time
  EXPECT_NEAR(md1_mean_wait(900, 0.001), 0.0045, 1e-12);
  EXPECT_EQ(md1_mean_wait(0, 0.001), 0);
  EXPECT_TRUE(std::isinf(md1_mean_wait(1000, 0.001)));
  EXPECT_TRUE(std::isinf(md1_mean_wait(2000, 0.001)));
}

TEST(ClosedLoop, IsBoundByTheClientsOrByTheWorker) {
  EXPECT_NEAR(closed_loop_throughput(1, 0.001, 0), 1000, 1e-9);
  EXPECT_NEAR(closed_loop_throughput(64, 0.001, 0), 1000, 1e-9);
  EXPECT_NEAR(closed_loop_throughput(10, 0.001, 0.099), 100, 1e-9);
  EXPECT_NEAR(closed_loop_throughput(100, 0.001, 0.099), 1000, 1e-9);
}

TEST(MixtureQuantile, StepsFromValueToValue) {
  const std::vector<component> mixture{{5, 0.050}, {95, 0.001}};  // any order, any sum of weights
  EXPECT_EQ(mixture_quantile(mixture, 0), 0.001);
  EXPECT_EQ(mixture_quantile(mixture, 0.949), 0.001);
  EXPECT_EQ(mixture_quantile(mixture, 0.951), 0.050);
  EXPECT_EQ(mixture_quantile(mixture, 1), 0.050);
  EXPECT_TRUE(std::isnan(mixture_quantile({}, 0.5)));
}

std::vector<double> exponential(double rate, std::size_t n, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::exponential_distribution<double> gap(rate);
  std::vector<double> gaps(n);
  for (auto& g : gaps) g = gap(random);
  return gaps;
}

TEST(ExponentialGaps, NinetyNinePercentOfPoissonProcessesPass) {
  int passed = 0;
  for (std::uint64_t seed = 1; seed <= 1000; ++seed) passed += exponential_gaps(exponential(50, 500, seed), 50).pass;
  EXPECT_GE(passed, 980);  // 990 are expected, with a deviation of 3.1
  EXPECT_LE(passed, 999);
}

TEST(ExponentialGaps, StatisticAndLimitAgreeWithTables) {
  // One gap at the median: the empirical function jumps from 0 to 1 where the expected one is 0.5.
  EXPECT_NEAR(exponential_gaps({std::log(2.0)}, 1).statistic, 0.5, 1e-12);
  EXPECT_NEAR(exponential_gaps(exponential(1, 50, 1), 1).limit, 0.2260, 0.0005);  // KS table, n = 50, 1 %
  EXPECT_NEAR(exponential_gaps(exponential(1, 10'000, 1), 1).limit, 0.01628, 0.0001);
}

TEST(ExponentialGaps, OtherDistributionsFail) {
  EXPECT_FALSE(exponential_gaps(std::vector<double>(1000, 0.01), 100).pass);  // constant
  EXPECT_FALSE(exponential_gaps(exponential(110, 10'000, 1), 100).pass);      // 10 % too fast
  EXPECT_FALSE(exponential_gaps(exponential(90, 10'000, 1), 100).pass);
  auto rounded = exponential(1000, 10'000, 1);  // to 1 ms, as some generators do
  for (auto& g : rounded) g = std::round(g * 1000) / 1000;
  EXPECT_FALSE(exponential_gaps(rounded, 1000).pass);
}

TEST(ExponentialGaps, TooFewGapsFail) {
  EXPECT_FALSE(exponential_gaps({}, 1).pass);
  EXPECT_FALSE(exponential_gaps({0.1, 0.5, 0.9, 1.6}, 1).pass);
  EXPECT_TRUE(exponential_gaps({0.1, 0.35, 0.7, 1.2, 2.3}, 1).pass);
}

}  // namespace
}  // namespace tvl::load::analytic
