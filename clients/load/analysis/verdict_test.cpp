#include "clients/load/analysis/verdict.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace tvl::load {
namespace {

// A valid point: 64 connections, 64,000 replies of 10 ms in ten seconds.
point closed_loop() {
  point p;
  p.asked.connections = 64;
  p.window_s = 10;
  p.connections.asked = p.connections.established = 64;
  p.requests.scheduled = p.requests.sent = 64'064;
  p.requests.ok = p.replies = 64'000;
  p.requests.in_flight_at_end = 64;
  p.throughput = 6400;
  p.latency.response.record(10'000'000, 64'000);
  p.latency.service = p.latency.response;
  p.latency.lag.record(0, 64'000);
  p.latency.pacing.record(0, 64'000);
  p.generator.cpu_share = 0.3;
  p.server.cpu_share = 0.5;
  return p;
}

point open_loop() {
  point p = closed_loop();
  p.asked.rate = 6400;
  p.rate_ratio = 1.0;
  return p;
}

void expect_verdict(const point& p, bool valid, const std::string& limiter, const std::vector<std::string>& reasons) {
  const auto v = judge(p);
  EXPECT_EQ(v.valid, valid);
  EXPECT_EQ(v.limiter, limiter);
  std::vector<std::string> texts;
  for (const auto& r : v.reasons) {
    texts.push_back(r.text);
    EXPECT_NE(r.code, "") << r.text;
  }
  EXPECT_EQ(texts, reasons);
}

void expect_flawless(const point& p) { expect_verdict(p, true, "none", {}); }

TEST(Verdict, AGoodPointIsValidWithoutAReason) {
  expect_flawless(closed_loop());
  expect_flawless(open_loop());
}

TEST(Verdict, WhatWasNotMeasuredIsNoReason) {
  auto p = closed_loop();
  p.generator = {};
  p.server = {};
  expect_flawless(p);
}

TEST(Verdict, AnInterruptedPointIsNotValid) {
  auto p = closed_loop();
  p.interrupted = true;
  p.window_s = 2.5;
  expect_verdict(p, false, "none", {"interrupted after 2.5 s"});
}

TEST(Verdict, ErrorsOfEveryKindCount) {
  for (const auto kind : {&request_counts::status_errors, &request_counts::protocol_errors, &request_counts::timeouts,
                          &request_counts::resets}) {
    auto p = closed_loop();
    p.requests.sent = 10'000;
    p.requests.*kind = 100;  // just one in a hundred
    EXPECT_TRUE(judge(p).valid);
    EXPECT_EQ(judge(p).limiter, "errors");
    p.requests.*kind = 101;
    EXPECT_FALSE(judge(p).valid);
    EXPECT_EQ(judge(p).limiter, "errors");
  }
}

TEST(Verdict, ErrorsAreListedByKind) {
  auto p = closed_loop();
  p.requests.sent = 1000;
  p.requests.status_errors = 10;
  p.requests.protocol_errors = 20;
  p.requests.timeouts = 30;
  p.requests.resets = 40;
  expect_verdict(p, false, "errors", {"100 of 1000 requests failed (10 status, 20 protocol, 30 time-outs, 40 resets)"});
}

TEST(Verdict, EveryConnectionHasToBeThere) {
  auto p = closed_loop();
  p.connections.established = 63;
  expect_verdict(p, false, "connections", {"63 of 64 connections were established"});
}

TEST(Verdict, AStarvedConnectionIsSaidInAClosedLoop) {
  auto p = closed_loop();
  p.connections.starved = 1;
  expect_verdict(p, true, "connections", {"1 of 64 connections got no reply at all"});
  p = open_loop();
  p.connections.starved = 1;  // possibly nothing was due on it
  expect_flawless(p);
}

TEST(Verdict, AMedianNeedsSamples) {
  auto p = open_loop();
  p.latency.response.clear();
  p.latency.response.record(10'000'000, 19);
  expect_verdict(p, false, "too-few-samples", {"19 replies are too few for a median"});
  p.latency.response.record(10'000'000);
  expect_verdict(p, true, "none", {"20 replies are too few for a p99"});
  p.latency.response.record(10'000'000, 979);
  expect_verdict(p, true, "none", {"999 replies are too few for a p99"});
  p.latency.response.record(10'000'000);
  expect_flawless(p);
}

TEST(Verdict, NoReplyAtAllIsTooFew) {
  auto p = closed_loop();
  p.latency = {};
  p.replies = p.requests.ok = 0;
  p.throughput = 0;
  expect_verdict(p, false, "too-few-samples", {"0 replies are too few for a median"});
}

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

TEST(Verdict, LateRequestsAreTheGenerators) {
  auto p = open_loop();
  p.latency.pacing.clear();
  p.latency.pacing.record(1'000'000, 1000);
  expect_flawless(p);  // just a millisecond
  p.latency.pacing.clear();
  p.latency.pacing.record(1'002'000, 1000);
  expect_verdict(p, false, "generator", {"requests left the generator 1002 us late (p99)"});
  EXPECT_EQ(judge(p).reasons.front().code, "generator-late");  // scripts read it
  p.asked.rate = 0;
  expect_flawless(p);  // a closed loop has no due times of its own
}

TEST(Verdict, ALateGeneratorSpoilsResponseTimesOnly) {
  auto p = open_loop();
  p.latency.pacing.clear();
  p.latency.pacing.record(2'000'000, 1000);
  EXPECT_EQ(judge(p).spoilt, std::vector<std::string>{response_times});
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
  EXPECT_EQ(v.spoilt, (std::vector<std::string>{response_times, goodput}));
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
  p.latency.pacing.record(2'000'000, 1000);
  const auto noted = judge(p);
  EXPECT_TRUE(noted.valid);
  ASSERT_EQ(noted.reasons.size(), 1u);
  EXPECT_TRUE(noted.reasons.front().text.ends_with("us late (p99): response times are no more exact"));
  p.latency.pacing.clear();
  p.latency.pacing.record(6'000'000, 1000);
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

TEST(Verdict, TheRateHasToBeMet) {
  auto p = open_loop();
  p.throughput = 6336;
  p.rate_ratio = 0.99;
  expect_flawless(p);
  p.throughput = 6329.6;
  p.rate_ratio = 0.989;
  expect_verdict(p, false, "rate-not-met", {"answered 98.9 % of the requests that fell due"});
  auto mix = p;
  mix.targets.resize(2);  // one may stop the other just when the window ends
  EXPECT_TRUE(judge(mix).valid);
  mix.rate_ratio = 0.899;
  expect_verdict(mix, false, "rate-not-met", {"answered 89.9 % of the requests that fell due"});
  auto few = open_loop();
  few.latency.response = {};
  few.latency.response.record(10'000'000, 147);
  few.rate_ratio = 147.0 / 150;
  EXPECT_TRUE(judge(few).valid) << "three more under way at the end than at the beginning";
  few.rate_ratio = 147.0 / 151;
  EXPECT_FALSE(judge(few).valid);
  p.server.cpu_share = 0.97;
  expect_verdict(p, false, "server-cpu",
                 {"answered 98.9 % of the requests that fell due", "the server used 97 % of a core"});
}

TEST(Verdict, AFullServerIsTheLimit) {
  auto p = closed_loop();
  p.server.cpu_share = 0.95;
  expect_flawless(p);
  p.server.cpu_share = 0.951;
  expect_verdict(p, true, "server-cpu", {"the server used 95.1 % of a core"});
}

TEST(Verdict, TheServersShareIsOfTheCoresItHas) {
  auto p = closed_loop();
  p.asked.server_cores = 2;
  p.server.cpu_share = 1.9;
  expect_flawless(p);
  p.server.cpu_share = 1.91;
  EXPECT_EQ(judge(p).limiter, "server-cpu");
}

TEST(Verdict, AFullGeneratorMeasuresItself) {
  auto p = closed_loop();
  p.generator.cpu_share = 0.90;
  expect_flawless(p);
  p.generator.cpu_share = 0.91;
  expect_verdict(p, true, "generator", {"the generator used 91 % of its core: the server may be faster"});
  p.server.cpu_share = 0.96;
  expect_verdict(p, true, "server-cpu", {"the server used 96 % of a core"});  // it is not
  p = open_loop();
  p.generator.cpu_share = 1;  // spins for the next request to fall due
  expect_flawless(p);
}

TEST(Verdict, AClosedLoopObeysLittlesLaw) {
  for (const auto& [throughput, obeys] : {std::pair{5800.0, true}, {5700.0, false}, {7000.0, true}, {7100.0, false}}) {
    auto p = closed_loop();
    p.throughput = throughput;
    if (obeys)
      expect_flawless(p);
    else {
      EXPECT_EQ(judge(p).limiter, "connections") << throughput;
    }
  }
  auto p = closed_loop();
  p.throughput = 3200;
  expect_verdict(p, true, "connections",
                 {"Little's law: 64 connections, but throughput x response time accounts for 32"});
  p = open_loop();
  p.throughput = 3200;  // an open loop's connections may be idle
  expect_flawless(p);
}

TEST(Verdict, LittlesLawNeedsAThousandReplies) {
  auto p = closed_loop();
  p.throughput = 3200;
  p.latency.response.clear();
  p.latency.response.record(10'000'000, 999);
  EXPECT_EQ(judge(p).limiter, "none");
  p.latency.response.record(10'000'000);
  EXPECT_EQ(judge(p).limiter, "connections");
}

TEST(Verdict, LittlesLawNeedsManyRounds) {
  auto p = closed_loop();
  p.throughput = 3200;
  p.asked.think_s = p.window_s / 20;
  EXPECT_EQ(judge(p).limiter, "none");
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

TEST(Verdict, WhoIsOnlyThereHasToBeThere) {
  auto p = open_loop();
  p.crowd.emplace();
  p.crowd->idle = background_group_counts{.asked = 100, .established = 100};
  p.crowd->slow_readers = background_group_counts{.asked = 64, .established = 64, .lost = 3};
  p.crowd->greedy = background_group_counts{.asked = 1, .established = 0, .failed = 5};
  expect_verdict(p, true, "none",
                 {"0 of 1 pipelining clients were established", "5 connects failed of 1 pipelining clients",
                  "the server ended 3 connections of 64 slow readers"});
  p.crowd->idle_websockets = background_group_counts{.asked = 1000, .established = 256};
  const auto v = judge(p);
  EXPECT_FALSE(v.valid);
  EXPECT_EQ(v.limiter, "connections");
  EXPECT_EQ(v.reasons.front().text, "256 of 1000 idle WebSockets were established");
}

TEST(Verdict, TheFirstOfSeveralFindingsNamesTheLimiter) {
  auto p = closed_loop();
  p.requests.resets = 10'000;
  p.connections.established = 60;
  const auto v = judge(p);
  EXPECT_FALSE(v.valid);
  EXPECT_EQ(v.limiter, "errors");
  EXPECT_EQ(v.reasons.size(), 2u);
}

TEST(Verdict, TheThresholdsCanBeMoved) {
  thresholds strict;
  strict.server_full = 0.4;
  EXPECT_EQ(judge(closed_loop(), strict).limiter, "server-cpu");
  strict = {};
  strict.generator_full = 0.2;
  EXPECT_EQ(judge(closed_loop(), strict).limiter, "generator");
  strict = {};
  strict.least_rate_ratio = 1.01;
  strict.most_under_way = -1;
  EXPECT_EQ(judge(open_loop(), strict).limiter, "rate-not-met");
  strict = {};
  strict.most_errors = 0;
  auto p = closed_loop();
  p.requests.resets = 1;
  EXPECT_TRUE(judge(p).valid);
  EXPECT_FALSE(judge(p, strict).valid);
}

}  // namespace
}  // namespace tvl::load
