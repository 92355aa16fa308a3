#include "clients/load/plan/schedule.hpp"

#include "clients/load/base/clock.hpp"
#include "clients/load/selftest/expected_values.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace tvl::load {
namespace {

constexpr std::int64_t start = 1'700'000'000'000'000'000;  // as large as a real clock

std::vector<std::int64_t> due_times(schedule s, std::size_t n) {
  std::vector<std::int64_t> times(n);
  for (auto& t : times) {
    t = s.due();
    s.pop();
  }
  return times;
}

std::vector<double> gaps_s(const std::vector<std::int64_t>& times, std::int64_t since) {
  std::vector<double> gaps;
  for (const auto t : times) {
    gaps.push_back(static_cast<double>(t - since) / 1e9);
    since = t;
  }
  return gaps;
}

TEST(Schedule, PoissonHasTheRateAsked) {
  constexpr std::size_t n = 1'000'000;
  for (const double rate : {0.5, 1000.0, 123'456.7}) {
    const auto times = due_times({arrivals::poisson, rate, 1, start, 0}, n);
    const double expected = static_cast<double>(n) / rate;
    // The sum of n exponential gaps deviates by 1 / sqrt(n) of itself: this allows for three of them.
    EXPECT_NEAR(static_cast<double>(times.back() - start) / 1e9, expected, 0.003 * expected) << rate;
  }
}

TEST(Schedule, PoissonGapsAreExponential) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    const auto times = due_times({arrivals::poisson, 1000, seed, start, 0}, 100'000);
    const auto fit = analytic::exponential_gaps(gaps_s(times, start), 1000);
    EXPECT_TRUE(fit.pass) << "seed " << seed << ": " << fit.statistic << " > " << fit.limit;
  }
}

TEST(Schedule, PoissonGapsAreIndependent) {
  const auto gaps = gaps_s(due_times({arrivals::poisson, 1, 7, 0, 0}, 100'000), 0);
  double product = 0;
  for (std::size_t i = 1; i < gaps.size(); ++i) product += (gaps[i] - 1) * (gaps[i - 1] - 1);
  EXPECT_NEAR(product / static_cast<double>(gaps.size()), 0, 0.01);  // three deviations
}

// The count in a fixed interval is Poisson: its variance is its mean.
TEST(Schedule, PoissonCountsVaryLikeTheirMean) {
  constexpr std::size_t intervals = 10'000;
  std::vector<double> counts(intervals);
  for (const auto t : due_times({arrivals::poisson, 20, 3, 0, 0}, 190'000))
    if (const auto i = static_cast<std::size_t>(t / 1'000'000'000); i < 9'000) ++counts[i];
  double mean = 0, variance = 0;
  for (std::size_t i = 0; i < 9'000; ++i) mean += counts[i] / 9'000;
  for (std::size_t i = 0; i < 9'000; ++i) variance += (counts[i] - mean) * (counts[i] - mean) / 9'000;
  EXPECT_NEAR(mean, 20, 0.2);
  EXPECT_NEAR(variance / mean, 1, 0.05);
}

TEST(Schedule, TheSeedDecides) {
  const auto with = [](std::uint64_t seed) { return due_times({arrivals::poisson, 1000, seed, start, 0}, 100); };
  EXPECT_EQ(with(1), with(1));
  EXPECT_NE(with(1), with(2));
}

TEST(Schedule, DueTimesNeverGoBack) {
  for (const auto kind : {arrivals::poisson, arrivals::constant}) {
    const auto times = due_times({kind, 1e6, 1, start, 0.5}, 100'000);
    EXPECT_GE(times.front(), start);
    EXPECT_TRUE(std::ranges::is_sorted(times));
  }
}

TEST(Schedule, ConstantGapsAreConstant) {
  const auto times = due_times({arrivals::constant, 1000, 1, start, 0}, 1000);
  for (std::size_t i = 0; i < times.size(); ++i)
    ASSERT_EQ(times[i], start + static_cast<std::int64_t>(i) * 1'000'000) << i;
}

TEST(Schedule, ThePhaseShiftsByAShareOfTheGap) {
  for (const double phase : {0.0, 0.25, 0.5, 0.75}) {
    const auto times = due_times({arrivals::constant, 1000, 1, start, phase}, 3);
    for (std::size_t i = 0; i < times.size(); ++i)
      EXPECT_EQ(times[i] - start, static_cast<std::int64_t>((static_cast<double>(i) + phase) * 1e6)) << phase;
  }
}

// Four threads with a quarter of the rate each, shifted by a quarter of the gap of a thread, are one constant schedule.
TEST(Schedule, PhasesOfSeveralThreadsInterleave) {
  std::vector<std::int64_t> all;
  for (int thread = 0; thread < 4; ++thread)
    for (const auto t : due_times({arrivals::constant, 250, 1, start, thread / 4.0}, 100)) all.push_back(t);
  std::ranges::sort(all);
  EXPECT_EQ(all, due_times({arrivals::constant, 1000, 1, start, 0}, 400));
}

TEST(Schedule, AConstantRateChangesWhenItShall) {
  schedule s(arrivals::constant, 100, 1, start, 0, {{start + one_second, 1000}, {start + 2 * one_second, 10}});
  for (int i = 0; i < 100; ++i, s.pop()) ASSERT_EQ(s.due(), start + i * one_second / 100) << i;
  for (int i = 0; i < 1000; ++i, s.pop()) ASSERT_EQ(s.due(), start + one_second + i * one_second / 1000) << i;
  for (int i = 0; i < 100; ++i, s.pop()) ASSERT_EQ(s.due(), start + 2 * one_second + i * one_second / 10) << i;
}

// Half a gap before the change at the old rate is worth half a gap after it at the new one.
TEST(Schedule, AGapThatAChangeFallsIntoIsOfBothRates) {
  schedule s(arrivals::constant, 1, 1, start, 0, {{start + 500'000'000, 10}});
  s.pop();
  EXPECT_EQ(s.due(), start + 550'000'000);
  s.pop();
  EXPECT_EQ(s.due(), start + 650'000'000);
}

TEST(Schedule, SeveralChangesMayFallIntoOneGap) {
  schedule s(arrivals::constant, 1, 1, start, 0, {{start + 500'000'000, 0.5}, {start + 900'000'000, 10}});
  s.pop();
  EXPECT_EQ(s.due(), start + 930'000'000);  // 0.5 + 0.2 + 0.3 of a gap
}

TEST(Schedule, PoissonStaysPoissonAcrossAChange) {
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    std::vector<schedule::rate_change> changes;
    for (int i = 1; i <= 100; ++i) changes.push_back({start + i * one_second, i % 2 ? 2000.0 : 200.0});
    std::vector<double> expected;  // gaps, in expected requests
    double last = 0;
    for (const auto t : due_times({arrivals::poisson, 200, seed, start, 0, changes}, 100'000)) {
      const auto whole = (t - start) / one_second;
      const double part = static_cast<double>((t - start) % one_second) / 1e9;
      const double now = static_cast<double>(whole / 2) * 2200 + (whole % 2 ? 200 + 2000 * part : 200 * part);
      expected.push_back(now - last);
      last = now;
    }
    expected.resize(90'000);  // those before the last change
    const auto fit = analytic::exponential_gaps(expected, 1);
    EXPECT_TRUE(fit.pass) << "seed " << seed << ": " << fit.statistic << " > " << fit.limit;
  }
}

TEST(Schedule, PhasesOfSeveralThreadsInterleaveAfterAChangeToo) {
  std::vector<std::int64_t> all;
  for (int thread = 0; thread < 4; ++thread) {
    const schedule s(arrivals::constant, 250, 1, start, thread / 4.0, {{start + one_second, 2500}});
    for (const auto t : due_times(s, 500)) all.push_back(t);
  }
  std::ranges::sort(all);
  const auto one = due_times({arrivals::constant, 1000, 1, start, 0, {{start + one_second, 10'000}}}, 2000);
  for (std::size_t i = 0; i < one.size(); ++i) EXPECT_NEAR(static_cast<double>(all[i] - one[i]), 0, 1) << i;
}

TEST(Schedule, DoesNotDriftInTenMillionRequests) {
  constexpr std::int64_t n = 10'000'000;
  for (const double rate : {30'000.0, 99'991.0, 700'001.3}) {  // no whole nanoseconds between requests
    schedule s(arrivals::constant, rate, 1, start, 0);
    for (std::int64_t i = 0; i < n; ++i) s.pop();
    const auto expected = start + static_cast<std::int64_t>(static_cast<long double>(n) * 1e9L / rate);
    EXPECT_NEAR(static_cast<double>(s.due() - expected), 0, 1000) << rate;
  }
}

}  // namespace
}  // namespace tvl::load
