#include "clients/load/point/censored_histogram.hpp"

#include "clients/load/base/clock.hpp"

#include <gtest/gtest.h>

#include <cstdint>

namespace tvl::load {
namespace {

constexpr std::int64_t ms = one_millisecond;

TEST(CensoredHistogram, WithoutCensoredOnesIsAHistogram) {
  censored_histogram h;
  histogram same;
  for (std::int64_t i = 1; i <= 1000; ++i) h.record(i * 1001), same.record(i * 1001);
  EXPECT_EQ(h.estimate().encode(), same.encode());
  EXPECT_EQ(h.estimate().mean(), same.mean());
  EXPECT_EQ(censored_histogram().estimate().count(), 0u);
}

// Half a per cent never ends: that is known of the percentiles above, and of no other.
TEST(CensoredHistogram, WhatWaitedLongestIsAtTheTop) {
  censored_histogram h;
  for (int i = 0; i < 19'900; ++i) h.record(5 * ms);
  for (int i = 0; i < 100; ++i) h.record_longer_than(300 * ms);
  const auto all = h.estimate();
  EXPECT_EQ(all.count(), 20'000u);
  EXPECT_NEAR(static_cast<double>(all.quantile(0.99).value()), 5.0 * ms, 0.01 * ms);
  EXPECT_EQ(all.quantile(0.999), 300 * ms);
  EXPECT_EQ(all.max(), 300 * ms);
  EXPECT_EQ(all.min(), 5 * ms);
}

TEST(CensoredHistogram, AShortWaitLowersNothing) {
  censored_histogram h;
  for (int i = 0; i < 10; ++i) h.record((i < 5 ? 10 : 1000) * ms);
  for (int i = 0; i < 90; ++i) h.record_longer_than(i * 1000);  // all below 10 ms
  const auto all = h.estimate();
  EXPECT_EQ(all.count(), 100u);
  EXPECT_EQ(all.min(), 10 * ms);
  EXPECT_EQ(all.max(), 1000 * ms);
  EXPECT_NEAR(static_cast<double>(all.quantile(0.5).value()), 10.0 * ms, 0.01 * ms);
  EXPECT_NEAR(static_cast<double>(all.quantile(0.51).value()), 1000.0 * ms, 1.0 * ms);
}

// Of four, one was given up after 15 ms: it counts as those of 20 and 30 ms do, one half each.
TEST(CensoredHistogram, IsTheProductLimit) {
  censored_histogram h;
  for (int i = 0; i < 100; ++i) {
    for (const int took : {10, 20, 30}) h.record(took * ms);
    h.record_longer_than(15 * ms);
  }
  const auto all = h.estimate();
  EXPECT_EQ(all.count(), 400u);
  EXPECT_NEAR(static_cast<double>(all.quantile(0.25).value()), 10.0 * ms, 0.02 * ms);
  EXPECT_NEAR(static_cast<double>(all.quantile(0.26).value()), 20.0 * ms, 0.02 * ms);
  EXPECT_NEAR(static_cast<double>(all.quantile(0.625).value()), 20.0 * ms, 0.02 * ms);
  EXPECT_NEAR(static_cast<double>(all.quantile(0.63).value()), 30.0 * ms, 0.03 * ms);
}

TEST(CensoredHistogram, OfCensoredOnesAloneIsOfLowerBounds) {
  censored_histogram h;
  for (int i = 1; i <= 100; ++i) h.record_longer_than(i * ms);
  EXPECT_EQ(h.estimate().count(), 100u);
  EXPECT_NEAR(static_cast<double>(h.estimate().quantile(0.5).value()), 50.0 * ms, 0.05 * ms);
  EXPECT_EQ(h.estimate().max(), 100 * ms);
}

TEST(CensoredHistogram, NoObservationIsLostInRounding) {
  censored_histogram h;
  std::uint64_t n = 0;
  for (std::int64_t i = 1; i < 2000; i += 7, n += 2) {
    h.record(i * i * 1000);
    h.record_longer_than((2000 - i) * i * 500);
  }
  EXPECT_EQ(h.estimate().count(), n);
}

TEST(CensoredHistogram, MergesBothKinds) {
  censored_histogram a, b;
  a.record(1 * ms);
  b.record(2 * ms);
  b.record_longer_than(7 * ms);
  a.merge(b);
  b.merge(censored_histogram());
  EXPECT_EQ(a.estimate().count(), 3u);
  EXPECT_EQ(a.estimate().max(), 7 * ms);
  EXPECT_EQ(b.estimate().count(), 2u);
}

}  // namespace
}  // namespace tvl::load
