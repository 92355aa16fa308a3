// The definition in recovery.hpp with simulated time: 1000 requests a second, two seconds before the first change at 1
// ms each, one second of changes, and a rest that depends on the test.

#include "clients/load/analysis/recovery.hpp"

#include "clients/load/base/clock.hpp"

#include <gtest/gtest.h>

namespace tvl::load {
namespace {

constexpr std::int64_t first = 2 * one_second, last = 3 * one_second;
constexpr std::int64_t soon = 1 * one_millisecond, late = 5 * one_millisecond;

// One request per millisecond; `before` and `after` return its response time, `after` from the time since the last
// change.
template <class Before, class After>
recovery_record record(std::int64_t rest, Before before, After after) {
  recovery_record r(first, last, last + rest);
  for (std::int64_t due = 0; due < first; due += one_millisecond) r.took(due, before(due));
  for (std::int64_t since = 0; since < rest; since += one_millisecond) r.took(last + since, after(since));
  return r;
}

template <class After>
recovery_record record(std::int64_t rest, After after) {
  return record(
      rest, [](auto) { return soon; }, after);
}

template <class After>
std::optional<double> recovered_s(std::int64_t rest, After after) {
  return record(rest, after).recovered_s(last + rest);
}

TEST(Recovery, IsAtOnceWhereNothingChanged) {
  EXPECT_EQ(recovered_s(3 * one_second, [](auto) { return soon; }), 0.0);
}

TEST(Recovery, IsWhenTheLastBadIntervalIsOver) {
  EXPECT_DOUBLE_EQ(
      recovered_s(5 * one_second, [](auto since) { return since < 1350 * one_millisecond ? late : soon; }).value(),
      1.4);
}

TEST(Recovery, IsNoneWhileItIsBad) {
  EXPECT_FALSE(recovered_s(3 * one_second, [](auto) { return late; }));
}

TEST(Recovery, NeedsASecondThatIsAsBefore) {
  EXPECT_FALSE(recovered_s(3 * one_second, [](auto since) { return since < 2100 * one_millisecond ? late : soon; }));
  EXPECT_DOUBLE_EQ(
      recovered_s(3 * one_second, [](auto since) { return since < 2000 * one_millisecond ? late : soon; }).value(), 2);
}

// A percentile of the whole rest would ignore 100 slow requests in 10,000.
TEST(Recovery, ALongGoodRestHidesNothing) {
  EXPECT_DOUBLE_EQ(
      recovered_s(20 * one_second, [](auto since) { return since < 100 * one_millisecond ? late : soon; }).value(),
      0.1);
}

TEST(Recovery, ARelapseIsNoRecovery) {
  const auto relapse = [](auto since) {
    return since < one_second || (since >= 3 * one_second && since < 4 * one_second) ? late : soon;
  };
  EXPECT_DOUBLE_EQ(recovered_s(6 * one_second, relapse).value(), 4);
}

TEST(Recovery, AHiccupIsNoRelapse) {
  const auto hiccups = [](auto since) {
    return since < one_second || (since >= 3950 * one_millisecond && since < 4050 * one_millisecond) ? late : soon;
  };
  EXPECT_DOUBLE_EQ(recovered_s(6 * one_second, hiccups).value(), 1);
}

// One in a hundred over the limit, as a p99 allows.
TEST(Recovery, ChanceIsNoDisturbance) {
  EXPECT_EQ(recovered_s(4 * one_second, [](auto since) { return since / one_millisecond % 100 == 7 ? late : soon; }),
            0.0);
  EXPECT_FALSE(recovered_s(4 * one_second, [](auto since) { return since / one_millisecond % 20 == 7 ? late : soon; }));
}

TEST(Recovery, TheLimitIsAFifthAboveWhatWasBefore) {
  const auto all = [](std::int64_t took) {
    return recovered_s(2 * one_second, [took](auto) { return took; }).has_value();
  };
  EXPECT_TRUE(all(1'200'000));
  EXPECT_FALSE(all(1'300'000));
}

TEST(Recovery, BeforeIsWhatNineInTenIntervalsStayUnder) {
  const auto some_bad_before = [](std::int64_t until) {
    const auto r = record(
        2 * one_second, [until](auto due) { return due < until ? late : soon; }, [](auto) { return late; });
    return r.recovered_s(last + 2 * one_second).has_value();
  };
  EXPECT_FALSE(some_bad_before(200 * one_millisecond)) << "two of twenty are hiccups of the machine";
  EXPECT_TRUE(some_bad_before(300 * one_millisecond));
}

TEST(Recovery, NeedsABefore) {
  recovery_record r(first, last, last + 2 * one_second);
  for (std::int64_t since = 0; since < 2 * one_second; since += one_millisecond) r.took(last + since, soon);
  EXPECT_FALSE(r.recovered_s(last + 2 * one_second));
}

TEST(Recovery, WhatFailedIsNotAsBefore) {
  auto r = record(3 * one_second, [](auto since) { return since < 2 * one_second ? late : soon; });
  EXPECT_DOUBLE_EQ(r.recovered_s(last + 3 * one_second).value(), 2);
  for (int i = 0; i < 10; ++i) r.failed(last + 2050 * one_millisecond);
  EXPECT_FALSE(r.recovered_s(last + 3 * one_second));
}

TEST(Recovery, SilenceIsNotAsBefore) {
  recovery_record r(first, last, last + 4 * one_second);
  for (std::int64_t due = 0; due < first; due += one_millisecond) r.took(due, soon);
  for (std::int64_t since = 2 * one_second; since < 4 * one_second; since += one_millisecond)
    r.took(last + since, soon);
  EXPECT_DOUBLE_EQ(r.recovered_s(last + 4 * one_second).value(), 2);
}

TEST(Recovery, LooksNoFurtherThanTheWindowWas) {
  const auto r = record(5 * one_second, [](auto since) { return since < one_second ? late : soon; });
  EXPECT_DOUBLE_EQ(r.recovered_s(last + 2 * one_second).value(), 1);
  EXPECT_FALSE(r.recovered_s(last + 1900 * one_millisecond));
  EXPECT_FALSE(r.recovered_s(last - one_second));
}

TEST(Recovery, KnowsNothingOfWhatCameBetweenOrOutside) {
  auto r = record(2 * one_second, [](auto) { return soon; });
  for (const auto due : {-one_millisecond, first, last - one_millisecond, last + 2 * one_second})
    for (int i = 0; i < 1000; ++i) r.took(due, late);
  EXPECT_EQ(r.recovered_s(last + 2 * one_second), 0.0);
  r.clear();
  EXPECT_FALSE(r.recovered_s(last + 2 * one_second));
}

TEST(Recovery, ThreadsAreJudgedTogether) {
  recovery_record all;
  all.merge(record(3 * one_second, [](auto) { return soon; }));
  all.merge(record(3 * one_second, [](auto since) { return since < one_second ? late : soon; }));
  EXPECT_DOUBLE_EQ(all.recovered_s(last + 3 * one_second).value(), 1);
}

TEST(Recovery, ALongRestHasLongerIntervals) {
  EXPECT_DOUBLE_EQ(
      recovered_s(1000 * one_second, [](auto since) { return since < 10'200 * one_millisecond ? late : soon; }).value(),
      10.5);
}

}  // namespace
}  // namespace tvl::load
