// What a reason spoils: a late generator, a backlog, a busy host, overload and changes that are meant.

#include "clients/load/analysis/flawless_points.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace tvl::load {
namespace {

TEST(Verdict, AGeneratorThatStoodStillSpoilsResponseTimesAndInAClosedLoopGoodput) {
  for (auto p : {closed_loop(), open_loop()}) {
    p.generator.paused_s = 0.01 * p.window_s;
    expect_flawless(p);
    p.generator.paused_s = 0.02 * p.window_s;
    const auto v = judge(p);
    EXPECT_FALSE(v.valid);
    EXPECT_EQ(v.limiter, "generator");
    EXPECT_EQ(v.reasons.front().code, "generator-late");
    EXPECT_EQ(v.spoilt.size(), p.asked.open_loop() ? 1u : 2u);
  }
}

TEST(Verdict, GeneratorsThatTakeTurnsAreNotLate) {
  for (auto p : {closed_loop(), open_loop()}) {
    p.asked.together = 3;
    p.generator.paused_s = 0.5 * p.window_s;
    p.latency.pacing.record(50'000'000, 1000);
    expect_flawless(p);
  }
}

TEST(Verdict, LateRequestsAreTheGenerators) {
  auto p = open_loop();
  p.latency.pacing.clear();
  p.latency.pacing.record(0, 1000);
  p.latency.pacing.record(1'000'000, 20);
  expect_flawless(p);  // just a millisecond
  p.latency.pacing.record(1'002'000, 20);
  expect_verdict(p, false, "generator", {"requests left the generator 1002 us late (p99)"});
  EXPECT_EQ(judge(p).reasons.front().code, "generator-late");  // scripts read it
  p.asked.rate = 0;
  expect_flawless(p);  // a closed loop has no due times of its own
}

TEST(Verdict, AGeneratorThatStoodStillForATenthSpoilsTheMedianToo) {
  auto p = open_loop();
  p.generator.paused_s = 0.1 * p.window_s;
  EXPECT_EQ(judge(p).spoilt, std::vector<std::string>{response_tail});
  p.generator.paused_s = 0.11 * p.window_s;
  EXPECT_EQ(judge(p).spoilt, std::vector<std::string>{response_times});
}

TEST(Verdict, OfALateGeneratorTheTailDoesNotHoldAndTheMedianOnlyIfHalfLeftInTime) {
  auto p = open_loop();
  p.latency.pacing.clear();
  p.latency.pacing.record(99'000, 1000);
  p.latency.pacing.record(2'000'000, 999);
  EXPECT_EQ(judge(p).spoilt, std::vector<std::string>{response_tail});
  p.latency.pacing.record(2'000'000, 2);
  expect_verdict(p, false, "generator", {"requests left the generator 2000 us late (median)"});
  EXPECT_EQ(judge(p).spoilt, std::vector<std::string>{response_times});
  p.latency.pacing.clear();
  p.latency.pacing.record(102'000, 1000);
  EXPECT_EQ(judge(p).spoilt, std::vector<std::string>{response_times});
  p.asked.idle = idle_strategy::sleep;
  EXPECT_TRUE(judge(p).valid);
}

TEST(Verdict, ABusyHostSpoilsWhatALateGeneratorDoesNot) {
  auto p = open_loop();
  p.latency.pacing.record(2'000'000, 1000);
  EXPECT_EQ(judge(p).spoilt, std::vector<std::string>{response_tail});
  p.host.others_cpu_share = 0.5;
  EXPECT_EQ(judge(p).spoilt, std::vector<std::string>{everything});
}

TEST(Verdict, ABacklogAtTheBeginSpoilsResponseTimesAndGoodput) {
  auto p = open_loop();
  p.requests.in_flight_at_start = 64;
  p.requests.scheduled = 64'000 + 64 + 640;
  p.requests.unsent_at_start = 640;  // just one in a hundred
  expect_flawless(p);
  ++p.requests.scheduled;
  ++p.requests.unsent_at_start;
  expect_verdict(p, false, "backlog", {"641 requests were overdue when the window began, in which 64000 fell due"});
  EXPECT_EQ(judge(p).reasons.front().code, "backlog");
  EXPECT_EQ(judge(p).spoilt, (std::vector<std::string>{response_times, goodput}));
  p.server.cpu_share = 1;
  EXPECT_EQ(judge(p).limiter, "server-cpu");
  p.asked.rate = 0;
  EXPECT_TRUE(judge(p).valid);  // in a closed loop nothing is overdue
}

TEST(Verdict, AGeneratorThatStoppedIsTheCauseOfABacklog) {
  auto p = open_loop();
  p.requests.scheduled = 64'000 + 640 + 1;
  p.requests.unsent_at_start = 641;
  p.latency.pacing.record(50'000'000, 1000);
  const auto v = judge(p);
  EXPECT_EQ(v.limiter, "generator");  // so the suite measures it again
  EXPECT_EQ(v.reasons.size(), 2u);
  EXPECT_EQ(v.spoilt, (std::vector<std::string>{response_tail, response_times, goodput}));
}

TEST(Verdict, OfSeveralGeneratorsKeepsWhatSpoiltOneOfThem) {
  const verdict good = {};
  const verdict late = {false, "generator", {{"generator-late", "late"}}, {response_times}};
  const verdict failed = {
      false, "errors", {{"errors", "point 2: failed"}, {"generator-late", "point 1: late"}}, {everything}};
  const auto both = with_parts(late, failed);
  EXPECT_FALSE(both.valid);
  EXPECT_EQ(both.limiter, "generator");
  EXPECT_EQ(both.spoilt, std::vector<std::string>{everything});
  EXPECT_EQ(both.reasons, (std::vector<reason>{{"generator-late", "late"}, {"errors", "point 2: failed"}}));
  EXPECT_EQ(with_parts(good, failed).limiter, "errors");
  EXPECT_EQ(with_parts(late, good).spoilt, late.spoilt);
  EXPECT_TRUE(with_parts(good, good).valid);
}

TEST(Verdict, ThreeOverdueRequestsAreChance) {
  auto p = open_loop();
  p.requests.scheduled = 103;
  p.requests.unsent_at_start = 3;
  expect_flawless(p);
}

TEST(Verdict, AGeneratorThatSleepsMayBeLaterButSaysSo) {
  auto p = open_loop();
  p.asked.idle = idle_strategy::sleep;
  p.latency.pacing.clear();
  p.latency.pacing.record(0, 900);
  p.latency.pacing.record(2'000'000, 100);
  const auto noted = judge(p);
  EXPECT_TRUE(noted.valid);
  ASSERT_EQ(noted.reasons.size(), 1u);
  EXPECT_TRUE(noted.reasons.front().text.ends_with("us late (p99): response times are no more exact"));
  p.latency.pacing.record(6'000'000, 100);
  EXPECT_FALSE(judge(p).valid);
}

TEST(Verdict, ATenthOfAPercentMayBeLate) {
  auto p = open_loop();
  p.latency.pacing.record(50'000'000, 64);
  expect_flawless(p);
}

TEST(Verdict, LateBehindBusyConnectionsIsNotTheGenerators) {
  auto p = open_loop();
  p.latency.lag.clear();
  p.latency.lag.record(5'000'000, 1000);
  expect_flawless(p);
}

TEST(Verdict, ABusyHostSpoilsThePoint) {
  auto p = closed_loop();
  p.host.others_cpu_share = 0.2;
  expect_flawless(p);
  p.host.others_cpu_share = 0.21;
  expect_verdict(p, false, "host-busy", {"other processes used 21 % of a core meanwhile"});
}

TEST(Verdict, MoreThanTheServerKeepsUpWithIsNoFlawWhenItIsMeant) {
  auto p = open_loop();
  p.rate_ratio = 0.6;
  EXPECT_FALSE(judge(p).valid);
  p.asked.overload = true;
  expect_verdict(p, true, "rate-not-met", {"answered 60 % of the requests that fell due"});
  p.latency.pacing.record(2'000'000, 2'000);  // errors of the generator still count
  EXPECT_FALSE(judge(p).valid);
  p = open_loop();
  p.latency.response.clear();
  EXPECT_FALSE(judge(p).valid);
  p.asked.overload = true;
  expect_verdict(p, true, "too-few-samples", {"0 replies are too few for a median"});
}

TEST(Verdict, WhatChangesInsideTheWindowIsNoFlawWhenAllWasWellBefore) {
  auto p = open_loop();
  p.rate_ratio = 0.6;
  p.requests.resets = 10'000;
  p.phases.resize(2);
  p.phases[0].scheduled = 1000;
  p.phases[0].ok = 990;
  p.phases[1].scheduled = 2000;
  auto v = judge(p);
  EXPECT_TRUE(v.valid);
  EXPECT_EQ(v.limiter, "errors");
  EXPECT_EQ(v.reasons.size(), 2u);
  p.phases[0].ok = 989;
  v = judge(p);
  EXPECT_FALSE(v.valid);
  EXPECT_EQ(v.reasons.front().text, "answered 98.9 % of the requests before the first change");
}

TEST(Verdict, WhatAStormCutOffIsNoFlaw) {
  auto p = open_loop();
  p.phases.resize(2);
  p.phases[0].connections = 20;
  p.phases[0].scheduled = 1000;
  p.phases[0].ok = 975;
  p.phases[0].unanswered = 20;
  p.phases[0].errors = 5;
  EXPECT_TRUE(judge(p).valid);
  p.phases[0].unanswered = 25;  // more than there are connections: they were waiting before it
  p.phases[0].ok = 965;
  p.phases[0].errors = 10;
  EXPECT_FALSE(judge(p).valid);
}

}  // namespace
}  // namespace tvl::load
