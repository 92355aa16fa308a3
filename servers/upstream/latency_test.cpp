#include "servers/upstream/latency.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <stdexcept>
#include <vector>

namespace tvl::upstream {
namespace {

std::vector<double> draws_ms(const char* text, std::uint64_t seed = 1) {
  latency l(text, seed);
  std::vector<double> result(20'000);
  std::ranges::generate(result, [&] { return static_cast<double>(l.draw().count()) / 1000; });
  return result;
}

double mean(const std::vector<double>& x) {
  return std::accumulate(x.begin(), x.end(), 0.0) / static_cast<double>(x.size());
}

double median(std::vector<double> x) {
  std::ranges::nth_element(x, x.begin() + static_cast<std::ptrdiff_t>(x.size() / 2));
  return x[x.size() / 2];
}

TEST(Latency, FixedIsAlwaysTheSame) {
  const auto all = draws_ms("fixed:20.5");
  EXPECT_EQ(std::ranges::min(all), 20.5);
  EXPECT_EQ(std::ranges::max(all), 20.5);
}

TEST(Latency, UniformFillsItsRange) {
  const auto all = draws_ms("uniform:10-30");
  EXPECT_NEAR(std::ranges::min(all), 10, 0.1);
  EXPECT_NEAR(std::ranges::max(all), 30, 0.1);
  EXPECT_NEAR(mean(all), 20, 0.5);
}

TEST(Latency, ExponentialHasItsMeanAndATail) {
  const auto all = draws_ms("exponential:20");
  EXPECT_NEAR(mean(all), 20, 1);
  EXPECT_NEAR(median(all), 20 * 0.693, 1);
  EXPECT_GT(std::ranges::max(all), 100);
}

TEST(Latency, LognormalHasItsMedianAndAHeavierMean) {
  const auto all = draws_ms("lognormal:20,0.5");
  EXPECT_NEAR(median(all), 20, 1);
  EXPECT_NEAR(mean(all), 20 * 1.133, 1);  // median * exp(sigma^2 / 2)
}

TEST(Latency, TailEndsAtAMinute) { EXPECT_EQ(std::ranges::max(draws_ms("lognormal:60000,3")), 60'000); }

TEST(Latency, SameSeedSameSequence) {
  EXPECT_EQ(draws_ms("exponential:20", 7), draws_ms("exponential:20", 7));
  EXPECT_NE(draws_ms("exponential:20", 7), draws_ms("exponential:20", 8));
}

TEST(Latency, RefusesWhatItDoesNotUnderstand) {
  for (const char* text : {"",
                           "20",
                           "fixed",
                           "fixed:",
                           "fixed:-1",
                           "fixed:60001",
                           "fixed:1,2",
                           "fixed:nan",
                           "fixed:inf",
                           "fixed:2x",
                           "uniform:10",
                           "uniform:30-10",
                           "uniform:10-",
                           "uniform:1-2-3",
                           "exponential:0",
                           "exponential:1,2",
                           "lognormal:20",
                           "lognormal:0,1",
                           "lognormal:20,0",
                           "normal:20",
                           ":20"})
    EXPECT_THROW(latency(text, 1), std::invalid_argument) << text;
}

}  // namespace
}  // namespace tvl::upstream
