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
  r.failed(0, &request_counts::status_errors, 0, 1);
  r.failed(1, &request_counts::protocol_errors, 0, 1);
  r.failed(0, &request_counts::timeouts, 0, 1);
  r.failed(0, &request_counts::timeouts, 0, 1);
  r.failed(0, &request_counts::resets, 0, 1);
  r.finish();
  EXPECT_EQ(r.counts.sent, 10u);
  EXPECT_EQ(r.counts.ok, 2u);
  EXPECT_EQ(r.counts.status_errors, 1u);
  EXPECT_EQ(r.counts.protocol_errors, 1u);
  EXPECT_EQ(r.counts.timeouts, 2u);
  EXPECT_EQ(r.counts.resets, 1u);
  EXPECT_EQ(r.latency.response.count(), 2u);  // a failed request has no latency
}

TEST(Recorder, TargetsAreCountedSeparately) {
  recorder r(true, 2);
  r.begin(0);
  r.sent(0);
  r.sent(1);
  r.sent(1);
  r.ok(0, 0, 1 * one_millisecond, 2 * one_millisecond);
  r.ok(1, 0, 1 * one_millisecond, 100 * one_millisecond);
  r.failed(1, &request_counts::resets, 0, 1);
  r.finish();
  EXPECT_EQ(r.targets[0].counts.sent, 1u);
  EXPECT_EQ(r.targets[1].counts.sent, 2u);
  EXPECT_EQ(r.targets[1].counts.resets, 1u);
  EXPECT_EQ(r.targets[0].response.max(), 2 * one_millisecond);
  EXPECT_EQ(r.targets[0].service.max(), 1 * one_millisecond);
  EXPECT_EQ(r.targets[1].response.max(), 100 * one_millisecond);
  EXPECT_EQ(r.targets[1].service.max(), 99 * one_millisecond);
  EXPECT_EQ(r.latency.response.count(), 2u);
  EXPECT_EQ(r.counts.sent, 3u);
}

TEST(Recorder, TheTraceIsTheFirstTargetsHoweverItsRequestsEnd) {
  recorder r(true, 2, stall_trace(10 * one_millisecond, 30 * one_millisecond));
  r.begin(100 * one_millisecond);
  r.ok(0, 101 * one_millisecond, 102 * one_millisecond, 104 * one_millisecond);
  r.failed(1, &request_counts::resets, 101 * one_millisecond, 900 * one_millisecond);
  r.unsent_at_end(1, 111 * one_millisecond, 900 * one_millisecond);
  r.in_flight_at_end(0, 125 * one_millisecond, 900 * one_millisecond);
  r.finish();
  EXPECT_EQ(r.trace.within(30 * one_millisecond),
            (std::vector<std::optional<std::int64_t>>{3 * one_millisecond, std::nullopt, 775 * one_millisecond}));
}

TEST(Recorder, BeginForgetsTheWarmUp) {
  recorder r(true, 2);
  r.sent(1);
  r.ok(1, 0, 5, 9);
  r.failed(0, &request_counts::timeouts, 0, 1);
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
  EXPECT_EQ(r.targets[1].response.count(), 0u);
  EXPECT_EQ(r.latency.response.max(), 3);
  EXPECT_EQ(r.latency.service.max(), 2);
  EXPECT_EQ(r.latency.lag.max(), 1);
  const auto seconds = r.take_seconds();
  ASSERT_EQ(seconds.size(), 1u);
  EXPECT_EQ(seconds[0].ok, 1u);
  EXPECT_EQ(seconds[0].errors, 0u);
}

TEST(Recorder, SecondsAddUpToTheWindow) {
  recorder r(true, 1);
  r.begin(0);
  for (int s = 1; s <= 3; ++s) {
    for (int i = 0; i < s; ++i) r.ok(0, 0, 0, s * one_millisecond);
    r.failed(0, &request_counts::resets, 0, 1);
    if (s < 3) r.end_second();
  }
  r.finish();  // ends the last, partial second
  const auto seconds = r.take_seconds();
  ASSERT_EQ(seconds.size(), 3u);
  histogram all;
  for (std::size_t s = 0; s < 3; ++s) {
    EXPECT_EQ(seconds[s].ok, s + 1);
    EXPECT_EQ(seconds[s].errors, 1u);
    EXPECT_EQ(seconds[s].response.max(), static_cast<std::int64_t>(s + 1) * one_millisecond);
    all.merge(seconds[s].response);
  }
  EXPECT_EQ(all.encode(), r.latency.response.encode());
  EXPECT_EQ(r.latency.response.count(), 6u);
}

TEST(Recorder, ASecondIsHandedOverOnce) {
  recorder r(true, 1);
  r.begin(0);
  r.end_second();  // a second without replies
  r.ok(0, 0, 0, one_millisecond);
  r.end_second();
  const auto seconds = r.take_seconds();
  ASSERT_EQ(seconds.size(), 2u);
  EXPECT_EQ(seconds[0].ok, 0u);
  EXPECT_EQ(seconds[1].ok, 1u);
  EXPECT_TRUE(r.take_seconds().empty());
  r.finish();  // no replies since
  EXPECT_TRUE(r.take_seconds().empty());
}

}  // namespace
}  // namespace tvl::load
