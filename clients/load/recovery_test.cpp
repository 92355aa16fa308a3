// The definition in recovery.hpp, on a clock of our own: 1000 requests a second, two seconds before the first change at
// 1 ms each, one second of changes, and what a test says of the rest.

#include "clients/load/recovery.hpp"

#include <gtest/gtest.h>

namespace tvl::load {
namespace {

constexpr std::int64_t ms = 1'000'000, second = 1000 * ms;
constexpr std::int64_t first = 2 * second, last = 3 * second;
constexpr std::int64_t good = 1 * ms, bad = 5 * ms;

// One request each millisecond; `before` and `after` tell how long it took, `after` of the time since the last change.
template <class Before, class After>
recovery_record record(std::int64_t rest, Before before, After after) {
  recovery_record r(first, last, last + rest);
  for (std::int64_t due = 0; due < first; due += ms) r.took(due, before(due));
  for (std::int64_t since = 0; since < rest; since += ms) r.took(last + since, after(since));
  return r;
}

template <class After>
recovery_record record(std::int64_t rest, After after) {
  return record(
      rest, [](auto) { return good; }, after);
}

template <class After>
std::optional<double> recovered_s(std::int64_t rest, After after) {
  return record(rest, after).recovered_s(last + rest);
}

TEST(Recovery, IsAtOnceWhereNothingChanged) {
  EXPECT_EQ(recovered_s(3 * second, [](auto) { return good; }), 0.0);
}

TEST(Recovery, IsWhenTheLastBadIntervalIsOver) {
  EXPECT_DOUBLE_EQ(recovered_s(5 * second, [](auto since) { return since < 1350 * ms ? bad : good; }).value(), 1.4);
}

TEST(Recovery, IsNoneWhileItIsBad) {
  EXPECT_FALSE(recovered_s(3 * second, [](auto) { return bad; }));
}

TEST(Recovery, NeedsASecondThatIsAsBefore) {
  EXPECT_FALSE(recovered_s(3 * second, [](auto since) { return since < 2100 * ms ? bad : good; }));
  EXPECT_DOUBLE_EQ(recovered_s(3 * second, [](auto since) { return since < 2000 * ms ? bad : good; }).value(), 2);
}

// A percentile of the whole rest would forgive 100 bad requests in 10,000, wherever they are.
TEST(Recovery, ALongGoodRestHidesNothing) {
  EXPECT_DOUBLE_EQ(recovered_s(20 * second, [](auto since) { return since < 100 * ms ? bad : good; }).value(), 0.1);
}

TEST(Recovery, ARelapseIsNoRecovery) {
  const auto relapse = [](auto since) {
    return since < second || (since >= 3 * second && since < 4 * second) ? bad : good;
  };
  EXPECT_DOUBLE_EQ(recovered_s(6 * second, relapse).value(), 4);
}

TEST(Recovery, AHiccupIsNoRelapse) {
  const auto hiccups = [](auto since) {
    return since < second || (since >= 3950 * ms && since < 4050 * ms) ? bad : good;
  };
  EXPECT_DOUBLE_EQ(recovered_s(6 * second, hiccups).value(), 1);
}

// As many over the limit as a p99 means: one in a hundred.
TEST(Recovery, ChanceIsNoDisturbance) {
  EXPECT_EQ(recovered_s(4 * second, [](auto since) { return since / ms % 100 == 7 ? bad : good; }), 0.0);
  EXPECT_FALSE(recovered_s(4 * second, [](auto since) { return since / ms % 20 == 7 ? bad : good; }));
}

TEST(Recovery, TheLimitIsAFifthAboveWhatWasBefore) {
  const auto all = [](std::int64_t took) { return recovered_s(2 * second, [took](auto) { return took; }).has_value(); };
  EXPECT_TRUE(all(1'200'000));
  EXPECT_FALSE(all(1'300'000));
}

TEST(Recovery, BeforeIsWhatNineInTenIntervalsStayUnder) {
  const auto some_bad_before = [](std::int64_t until) {
    const auto r = record(
        2 * second, [until](auto due) { return due < until ? bad : good; }, [](auto) { return bad; });
    return r.recovered_s(last + 2 * second).has_value();
  };
  EXPECT_FALSE(some_bad_before(200 * ms)) << "two of twenty are hiccups of the machine";
  EXPECT_TRUE(some_bad_before(300 * ms));
}

TEST(Recovery, NeedsABefore) {
  recovery_record r(first, last, last + 2 * second);
  for (std::int64_t since = 0; since < 2 * second; since += ms) r.took(last + since, good);
  EXPECT_FALSE(r.recovered_s(last + 2 * second));
}

TEST(Recovery, WhatFailedIsNotAsBefore) {
  auto r = record(3 * second, [](auto since) { return since < 2 * second ? bad : good; });
  EXPECT_DOUBLE_EQ(r.recovered_s(last + 3 * second).value(), 2);
  for (int i = 0; i < 10; ++i) r.failed(last + 2050 * ms);
  EXPECT_FALSE(r.recovered_s(last + 3 * second));
}

TEST(Recovery, SilenceIsNotAsBefore) {
  recovery_record r(first, last, last + 4 * second);
  for (std::int64_t due = 0; due < first; due += ms) r.took(due, good);
  for (std::int64_t since = 2 * second; since < 4 * second; since += ms) r.took(last + since, good);
  EXPECT_DOUBLE_EQ(r.recovered_s(last + 4 * second).value(), 2);
}

TEST(Recovery, LooksNoFurtherThanTheWindowWas) {
  const auto r = record(5 * second, [](auto since) { return since < second ? bad : good; });
  EXPECT_DOUBLE_EQ(r.recovered_s(last + 2 * second).value(), 1);
  EXPECT_FALSE(r.recovered_s(last + 1900 * ms));
  EXPECT_FALSE(r.recovered_s(last - second));
}

TEST(Recovery, KnowsNothingOfWhatCameBetweenOrOutside) {
  auto r = record(2 * second, [](auto) { return good; });
  for (const auto due : {-ms, first, last - ms, last + 2 * second})
    for (int i = 0; i < 1000; ++i) r.took(due, bad);
  EXPECT_EQ(r.recovered_s(last + 2 * second), 0.0);
  r.clear();
  EXPECT_FALSE(r.recovered_s(last + 2 * second));
}

TEST(Recovery, ThreadsAreJudgedTogether) {
  recovery_record all;
  all.merge(record(3 * second, [](auto) { return good; }));
  all.merge(record(3 * second, [](auto since) { return since < second ? bad : good; }));
  EXPECT_DOUBLE_EQ(all.recovered_s(last + 3 * second).value(), 1);
}

TEST(Recovery, ALongRestHasLongerIntervals) {
  EXPECT_DOUBLE_EQ(recovered_s(1000 * second, [](auto since) { return since < 10'200 * ms ? bad : good; }).value(),
                   10.5);
}

}  // namespace
}  // namespace tvl::load
