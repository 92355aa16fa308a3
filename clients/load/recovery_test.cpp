// The definition in recovery.hpp, on a clock of our own: 1000 requests a second, what was before is 1 ms.

#include "clients/load/recovery.hpp"

#include <gtest/gtest.h>

namespace tvl::load {
namespace {

constexpr std::int64_t ms = 1'000'000, second = 1000 * ms;
constexpr std::int64_t before = 1 * ms, good = 1 * ms, bad = 5 * ms;

// One request each millisecond of the `length`.
template <class TimeOf>
recovery_record record(std::int64_t length, TimeOf time_of) {
  recovery_record r(length);
  for (std::int64_t due = 0; due < length; due += ms) r.took(due, time_of(due));
  return r;
}

TEST(Recovery, IsAtOnceWhereNothingChanged) {
  EXPECT_EQ(record(3 * second, [](auto) { return good; }).recovered_s(before, 3 * second), 0.0);
}

TEST(Recovery, IsWhenTheLastBadIntervalIsOver) {
  const auto r = record(5 * second, [](auto due) { return due < 1350 * ms ? bad : good; });
  EXPECT_DOUBLE_EQ(r.recovered_s(before, 5 * second).value(), 1.4);
}

TEST(Recovery, IsNoneWhileItIsBad) {
  EXPECT_FALSE(record(3 * second, [](auto) { return bad; }).recovered_s(before, 3 * second));
}

TEST(Recovery, NeedsASecondThatIsAsBefore) {
  const auto r = record(3 * second, [](auto due) { return due < 2100 * ms ? bad : good; });
  EXPECT_FALSE(r.recovered_s(before, 3 * second));
  const auto longer = record(3 * second, [](auto due) { return due < 2000 * ms ? bad : good; });
  EXPECT_DOUBLE_EQ(longer.recovered_s(before, 3 * second).value(), 2);
}

// A percentile of the whole rest would forgive 100 bad requests in 10,000, wherever they are.
TEST(Recovery, ALongGoodRestHidesNothing) {
  const auto r = record(20 * second, [](auto due) { return due < 100 * ms ? bad : good; });
  EXPECT_DOUBLE_EQ(r.recovered_s(before, 20 * second).value(), 0.1);
}

TEST(Recovery, ARelapseIsNoRecovery) {
  const auto r =
      record(6 * second, [](auto due) { return due < second || (due >= 3 * second && due < 4 * second) ? bad : good; });
  EXPECT_DOUBLE_EQ(r.recovered_s(before, 6 * second).value(), 4);
}

TEST(Recovery, OneHiccupIsNoRelapse) {
  const auto r =
      record(6 * second, [](auto due) { return due < second || (due >= 4000 * ms && due < 4050 * ms) ? bad : good; });
  EXPECT_DOUBLE_EQ(r.recovered_s(before, 6 * second).value(), 1);
}

// As many over the limit as a p99 means: one in a hundred.
TEST(Recovery, ChanceIsNoDisturbance) {
  const auto r = record(4 * second, [](auto due) { return due / ms % 100 == 7 ? bad : good; });
  EXPECT_EQ(r.recovered_s(before, 4 * second), 0.0);
  const auto worse = record(4 * second, [](auto due) { return due / ms % 20 == 7 ? bad : good; });
  EXPECT_FALSE(worse.recovered_s(before, 4 * second));
}

TEST(Recovery, TheLimitIsAFifthAbove) {
  const auto all = [](std::int64_t took) {
    return record(2 * second, [took](auto) { return took; }).recovered_s(before, 2 * second).has_value();
  };
  EXPECT_TRUE(all(1'200'000));
  EXPECT_FALSE(all(1'300'000));
}

TEST(Recovery, WhatFailedIsNotAsBefore) {
  recovery_record r(3 * second);
  for (std::int64_t due = 0; due < 3 * second; due += ms) due < second ? r.failed(due) : r.took(due, good);
  EXPECT_DOUBLE_EQ(r.recovered_s(before, 3 * second).value(), 1);
}

TEST(Recovery, SilenceIsNotAsBefore) {
  recovery_record r(4 * second);
  for (std::int64_t due = 2 * second; due < 4 * second; due += ms) r.took(due, good);
  EXPECT_DOUBLE_EQ(r.recovered_s(before, 4 * second).value(), 2);
}

TEST(Recovery, LooksNoFurtherThanTheWindowWas) {
  const auto r = record(5 * second, [](auto due) { return due < second ? bad : good; });
  EXPECT_DOUBLE_EQ(r.recovered_s(before, 2 * second).value(), 1);
  EXPECT_FALSE(r.recovered_s(before, 1900 * ms));
  EXPECT_FALSE(r.recovered_s(before, -second));
}

TEST(Recovery, IsOfTheLastChangeOnly) {
  recovery_record r(2 * second);
  r.took(-1, bad);
  r.took(2 * second, bad);
  for (std::int64_t due = 0; due < 2 * second; due += ms) r.took(due, good);
  EXPECT_EQ(r.recovered_s(before, 2 * second), 0.0);
  r.clear();
  EXPECT_FALSE(r.recovered_s(before, 2 * second));
}

TEST(Recovery, ThreadsAreJudgedTogether) {
  recovery_record all;
  all.merge(record(3 * second, [](auto) { return good; }));
  all.merge(record(3 * second, [](auto due) { return due < second ? bad : good; }));
  EXPECT_DOUBLE_EQ(all.recovered_s(before, 3 * second).value(), 1);
}

TEST(Recovery, ALongRestHasLongerIntervals) {
  const auto r = record(1000 * second, [](auto due) { return due < 10'200 * ms ? bad : good; });
  EXPECT_DOUBLE_EQ(r.recovered_s(before, 1000 * second).value(), 10.5);
}

}  // namespace
}  // namespace tvl::load
