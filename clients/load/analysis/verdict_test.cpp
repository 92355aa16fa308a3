#include "clients/load/analysis/verdict.hpp"

#include "clients/load/analysis/flawless_points.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace tvl::load {
namespace {

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
