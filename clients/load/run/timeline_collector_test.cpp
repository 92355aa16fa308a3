#include "clients/load/run/timeline_collector.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <utility>
#include <vector>

namespace tvl::load {
namespace {

timeline_grid seconds_of(double window_s) {
  plan p;
  p.seconds = window_s;
  return timeline_grid(p);
}

thread_row row(std::uint64_t ok, std::int64_t milliseconds) {
  thread_row r;
  r.ok = ok;
  for (std::uint64_t i = 0; i < ok; ++i) r.response.record(milliseconds * one_millisecond);
  return r;
}

std::vector<std::uint64_t> oks(const std::vector<timeline_row>& rows) {
  std::vector<std::uint64_t> all;
  for (const auto& r : rows) all.push_back(r.ok);
  return all;
}

TEST(TimelineCollector, RowsOfAllThreadsAddUp) {
  timeline_collector c(seconds_of(1.5), 2);
  c.add(0, {row(100, 1)}, false);
  c.add(1, {row(300, 3)}, false);
  c.add(0, {row(5, 1)}, true);
  c.add(1, {row(6, 9)}, true);
  const auto rows = c.finish(1.5);
  ASSERT_EQ(oks(rows), (std::vector<std::uint64_t>{400, 11}));
  EXPECT_EQ(rows[0].t, 1);
  EXPECT_EQ(rows[1].t, 1.5);
  EXPECT_NEAR(rows[0].p50.value(), 3000, 3);
  EXPECT_FALSE(rows[0].p99);  // needs 1000 replies
  EXPECT_EQ(rows[1].max, 9000);
  EXPECT_FALSE(rows[1].p50);
}

TEST(TimelineCollector, AThreadThatIsLateIsNotInALaterRow) {
  timeline_collector c(seconds_of(3), 2);
  c.add(0, {row(1, 1), row(2, 1)}, false);
  c.add(1, {}, false);
  c.add(0, {row(3, 1)}, true);
  c.add(1, {row(10, 1), row(20, 1), row(30, 1)}, true);
  EXPECT_EQ(oks(c.finish(3)), (std::vector<std::uint64_t>{11, 22, 33}));
}

TEST(TimelineCollector, AThreadMayEndEarlier) {
  timeline_collector c(seconds_of(10), 2);
  c.add(0, {row(1, 1)}, true);
  c.add(1, {row(2, 1), row(3, 1)}, false);
  c.add(1, {row(4, 1)}, true);
  const auto rows = c.finish(2.25);
  EXPECT_EQ(oks(rows), (std::vector<std::uint64_t>{3, 3, 4}));
  EXPECT_EQ(rows.back().t, 2.25);
}

TEST(TimelineCollector, ARowWithoutRepliesHasNoTimes) {
  timeline_collector c(seconds_of(1), 1);
  c.add(0, {thread_row{}}, true);
  const auto rows = c.finish(1);
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_FALSE(rows[0].p50);
  EXPECT_FALSE(rows[0].max);
}

TEST(TimelineCollector, WhatFailedInARowHasWaitedInIt) {
  timeline_collector c(seconds_of(1), 2);
  auto given_up = row(1, 1);
  given_up.errors = 1;
  given_up.response.record_longer_than(300 * one_millisecond);
  c.add(0, {given_up}, true);
  c.add(1, {row(1, 2)}, true);
  EXPECT_EQ(c.finish(1)[0].max, 300'000);
}

TEST(TimelineCollector, ProgressIsWhatCameSinceTheLastCall) {
  timeline_collector c(seconds_of(3), 2);
  c.add(0, {row(1, 1)}, false);
  c.add(1, {row(2, 4)}, false);
  const auto first = c.take_progress(1);
  EXPECT_EQ(first.t, 1);
  EXPECT_EQ(first.ok, 3u);
  EXPECT_EQ(first.max, 4000);
  c.add(0, {row(5, 1)}, false);
  EXPECT_EQ(c.take_progress(2).ok, 5u);
  EXPECT_EQ(c.take_progress(3).ok, 0u);
}

TEST(TimelineCollector, NothingAddedIsNoRow) {
  timeline_collector c(seconds_of(1), 1);
  c.add(0, {}, true);
  EXPECT_TRUE(c.finish(0).empty());
}

}  // namespace
}  // namespace tvl::load
