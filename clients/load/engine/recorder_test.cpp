#include "clients/load/engine/recorder.hpp"

#include "clients/load/base/clock.hpp"

#include <gtest/gtest.h>

namespace tvl::load {
namespace {

TEST(Recorder, ResponseIsFromTheDueTimeServiceFromTheSend) {
  recorder r(true, 1);
  r.begin(0);
  r.ok(0, 100 * one_millisecond, 103 * one_millisecond, 110 * one_millisecond);
  r.finish();
  EXPECT_EQ(r.latency.response.max(), 10 * one_millisecond);
  EXPECT_EQ(r.latency.service.max(), 7 * one_millisecond);
  EXPECT_EQ(r.latency.lag.max(), 3 * one_millisecond);
}

TEST(Recorder, WithoutAPaceServiceIsResponseAndLagIsNone) {
  recorder r(false, 1);
  r.begin(0);
  for (int i = 1; i <= 5; ++i) r.ok(0, 0, 0, i * one_millisecond);
  r.finish();
  EXPECT_EQ(r.latency.response.count(), 5u);
  EXPECT_EQ(r.latency.service.encode(), r.latency.response.encode());
  EXPECT_EQ(r.latency.lag.count(), 5u);
  EXPECT_EQ(r.latency.lag.max(), 0);
}

TEST(Recorder, EveryOutcomeIsCounted) {
  recorder r(true, 2);
  r.begin(0);
  for (int i = 0; i < 10; ++i) r.sent(i < 7 ? 0 : 1);
  r.ok(0, 0, 0, 1);
  r.ok(1, 0, 0, 1);
  r.failed(0, &request_counts::status_errors, 0, 0, 1);
  r.failed(1, &request_counts::protocol_errors, 0, 0, 1);
  r.failed(0, &request_counts::timeouts, 0, 0, 1);
  r.failed(0, &request_counts::timeouts, 0, 0, 1);
  r.failed(0, &request_counts::resets, 0, 0, 1);
  r.finish();
  EXPECT_EQ(r.counts.sent, 10u);
  EXPECT_EQ(r.counts.ok, 2u);
  EXPECT_EQ(r.counts.status_errors, 1u);
  EXPECT_EQ(r.counts.protocol_errors, 1u);
  EXPECT_EQ(r.counts.timeouts, 2u);
  EXPECT_EQ(r.counts.resets, 1u);
  EXPECT_EQ(r.latency.response.count(), 7u);  // a failed request has waited
}

TEST(Recorder, TargetsAreCountedSeparately) {
  recorder r(true, 2);
  r.begin(0);
  r.sent(0);
  r.sent(1);
  r.sent(1);
  r.ok(0, 0, 1 * one_millisecond, 2 * one_millisecond);
  r.ok(1, 0, 1 * one_millisecond, 100 * one_millisecond);
  r.failed(1, &request_counts::resets, 0, 0, 1);
  r.finish();
  EXPECT_EQ(r.targets[0].counts.sent, 1u);
  EXPECT_EQ(r.targets[1].counts.sent, 2u);
  EXPECT_EQ(r.targets[1].counts.resets, 1u);
  EXPECT_EQ(r.targets[0].response.estimate().max(), 2 * one_millisecond);
  EXPECT_EQ(r.targets[0].service.estimate().max(), 1 * one_millisecond);
  EXPECT_EQ(r.targets[1].response.estimate().max(), 100 * one_millisecond);
  EXPECT_EQ(r.targets[1].service.estimate().max(), 99 * one_millisecond);
  EXPECT_EQ(r.latency.response.count(), 3u);
  EXPECT_EQ(r.counts.sent, 3u);
}

TEST(Recorder, TheTraceIsTheFirstTargetsHoweverItsRequestsEnd) {
  recorder r(true, 2, stall_trace(10 * one_millisecond, 30 * one_millisecond));
  r.begin(100 * one_millisecond);
  r.ok(0, 101 * one_millisecond, 102 * one_millisecond, 104 * one_millisecond);
  r.failed(1, &request_counts::resets, 101 * one_millisecond, 101 * one_millisecond, 900 * one_millisecond);
  r.unsent_at_end(1, 111 * one_millisecond, 900 * one_millisecond);
  r.in_flight_at_end(0, 125 * one_millisecond, 125 * one_millisecond, 900 * one_millisecond);
  r.finish();
  EXPECT_EQ(r.trace.within(30 * one_millisecond),
            (std::vector<std::optional<std::int64_t>>{3 * one_millisecond, std::nullopt, 775 * one_millisecond}));
}

TEST(Recorder, ARequestWithoutAReplyHasWaited) {
  recorder r(true, 2);
  r.begin(0);
  r.ok(1, 0, 0, 5 * one_millisecond);
  r.failed(1, &request_counts::timeouts, 0, 10 * one_millisecond, 310 * one_millisecond);
  r.in_flight_at_end(1, 0, 20 * one_millisecond, 400 * one_millisecond);
  r.unsent_at_end(1, 0, 500 * one_millisecond);
  r.finish();
  EXPECT_EQ(r.latency.response.count(), 4u);
  EXPECT_EQ(r.latency.response.max(), 500 * one_millisecond);
  EXPECT_EQ(r.latency.service.count(), 3u);
  EXPECT_EQ(r.latency.service.max(), 380 * one_millisecond);
  EXPECT_EQ(r.latency.lag.count(), 4u);
  EXPECT_EQ(r.latency.lag.max(), 500 * one_millisecond);
  EXPECT_EQ(r.targets[1].response.estimate().count(), 4u);
  EXPECT_EQ(r.targets[1].response.estimate().max(), 500 * one_millisecond);
  EXPECT_EQ(r.targets[1].service.estimate().max(), 380 * one_millisecond);
  EXPECT_EQ(r.targets[0].response.estimate().count(), 0u);
  const auto rows = r.take_rows();  // what failed in a row is in its response times
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].response.estimate().max(), 310 * one_millisecond);
}

TEST(Recorder, WithoutAPaceWhatHasWaitedIsInBothTimes) {
  recorder r(false, 1);
  r.begin(0);
  r.ok(0, 0, 0, one_millisecond);
  r.in_flight_at_end(0, 0, 0, 70 * one_millisecond);
  r.finish();
  EXPECT_EQ(r.latency.response.max(), 70 * one_millisecond);
  EXPECT_EQ(r.latency.service.encode(), r.latency.response.encode());
  EXPECT_EQ(r.latency.lag.count(), 2u);
}

TEST(Recorder, CountsStatusCodes) {
  recorder r(true, 1);
  r.replied(200);
  r.begin(0);
  for (const int status : {200, 200, 503}) r.replied(status);
  EXPECT_EQ(r.statuses[200], 2u);
  EXPECT_EQ(r.statuses[503], 1u);
}

TEST(Recorder, BeginForgetsTheWarmUp) {
  recorder r(true, 2);
  r.sent(1);
  r.ok(1, 0, 5, 9);
  r.failed(0, &request_counts::timeouts, 0, 0, 1);
  ++r.counts.scheduled;
  ++r.connections.failed;
  r.begin(0);
  r.sent(0);
  r.ok(0, 0, 1, 3);
  r.finish();
  EXPECT_EQ(r.counts.scheduled, 0u);
  EXPECT_EQ(r.counts.sent, 1u);
  EXPECT_EQ(r.counts.ok, 1u);
  EXPECT_EQ(r.counts.timeouts, 0u);
  EXPECT_EQ(r.connections.failed, 0u);
  EXPECT_EQ(r.targets[1].counts.ok, 0u);
  EXPECT_EQ(r.targets[1].response.estimate().count(), 0u);
  EXPECT_EQ(r.latency.response.max(), 3);
  EXPECT_EQ(r.latency.service.max(), 2);
  EXPECT_EQ(r.latency.lag.max(), 1);
  const auto rows = r.take_rows();
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].ok, 1u);
  EXPECT_EQ(rows[0].errors, 0u);
}

timeline_grid seconds_of(double window_s, std::vector<step> steps = {}) {
  plan p;
  p.seconds = window_s;
  p.steps = std::move(steps);
  return timeline_grid(p);
}

TEST(Recorder, RowsAddUpToTheWindow) {
  recorder r(true, 1, {}, {}, seconds_of(2.5));
  r.begin(0);
  for (int s = 1; s <= 3; ++s) {
    const auto at = (s - 1) * one_second;
    for (int i = 0; i < s; ++i) r.ok(0, at, at, at + s * one_millisecond);
    r.failed(0, &request_counts::resets, at, at, at + one_millisecond);
  }
  r.finish();  // ends the last, partial row
  const auto rows = r.take_rows();
  ASSERT_EQ(rows.size(), 3u);
  histogram all;
  for (std::size_t s = 0; s < 3; ++s) {
    EXPECT_EQ(rows[s].ok, s + 1);
    EXPECT_EQ(rows[s].errors, 1u);
    EXPECT_EQ(rows[s].response.estimate().max(), static_cast<std::int64_t>(s + 1) * one_millisecond);
    all.merge(rows[s].response.estimate());
  }
  EXPECT_EQ(all.count(), r.latency.response.count());
  EXPECT_EQ(r.latency.response.count(), 9u);
}

TEST(Recorder, AResultIsInTheRowOfItsTime) {
  const std::int64_t begin = 7 * one_second + 1;
  recorder r(true, 1, {}, {}, seconds_of(0.5, {{0.15, 1}}));
  r.begin(begin);
  r.ok(0, begin, begin, begin + 150 * one_millisecond - 1);  // the row before the change
  r.ok(0, begin, begin, begin + 150 * one_millisecond);      // the row after it
  r.failed(0, &request_counts::resets, begin, begin, begin + 449 * one_millisecond);
  r.finish();
  const auto rows = r.take_rows();
  ASSERT_EQ(rows.size(), 5u);  // end at 0.1, 0.15, 0.25, 0.35 and 0.45
  EXPECT_EQ(rows[0].ok, 0u);
  EXPECT_EQ(rows[1].ok, 1u);
  EXPECT_EQ(rows[2].ok, 1u);
  EXPECT_EQ(rows[4].errors, 1u);
}

TEST(Recorder, RowsEndWithoutResultsToo) {
  recorder r(true, 1, {}, {}, seconds_of(5));
  EXPECT_EQ(r.row_end(), never);
  r.begin(10);
  EXPECT_EQ(r.row_end(), one_second + 10);
  r.end_rows(one_second + 9);
  EXPECT_TRUE(r.take_rows().empty());
  r.end_rows(3 * one_second + 10);  // after a pause of the generator
  EXPECT_EQ(r.take_rows().size(), 3u);
}

TEST(Recorder, TheLastRowEndsWithTheWindow) {
  recorder r(true, 1, {}, {}, seconds_of(2));
  r.begin(0);
  r.end_rows(one_second);
  EXPECT_EQ(r.row_end(), never);
  r.ok(0, 0, 0, 2 * one_second + 1);  // read in the poll in which the window ended
  r.finish();
  const auto rows = r.take_rows();
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[1].ok, 1u);
}

TEST(Recorder, ARowIsHandedOverOnce) {
  recorder r(true, 1, {}, {}, seconds_of(5));
  r.begin(0);
  r.end_rows(one_second);
  EXPECT_EQ(r.take_rows().size(), 1u);
  EXPECT_TRUE(r.take_rows().empty());
  r.finish();  // ends a row even without results
  EXPECT_EQ(r.take_rows().size(), 1u);
}

}  // namespace
}  // namespace tvl::load
