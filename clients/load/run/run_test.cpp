// run() against a server of known behaviour: nothing is lost, nothing hangs, every result has the right name. No
// upper limit on any latency: these tests run on busy machines.

#include "clients/load/run/run.hpp"

#include "clients/load/meter/watcher.hpp"
#include "clients/load/selftest/invariants.hpp"
#include "clients/load/selftest/reference_server.hpp"

#include <gtest/gtest.h>

#include <sched.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <stop_token>
#include <string>
#include <vector>

namespace tvl::load {
namespace {

TEST(Load, ClosedLoopLosesNothing) {
  reference_server s;
  const point p = run(against(s, "/constant/1000"));
  expect_conserved(p);
  expect_seen_by(s, p);
  EXPECT_EQ(s.seen().requests, p.requests.sent + 8);
  EXPECT_GT(p.requests.ok, 0u);
  EXPECT_EQ(errors(p.requests), 0u);
  EXPECT_EQ(p.requests.unsent, 0u);
  EXPECT_LE(p.requests.in_flight_at_end, 8u);
  EXPECT_EQ(p.connections.established, 8u);
  EXPECT_EQ(p.connections.starved, 0u);
  EXPECT_GE(p.latency.response.min().value(), 1'000'000);
  EXPECT_FALSE(p.rate_ratio);
}

TEST(Load, RefusesCpusThereAreNot) {
  reference_server s;
  plan asked = against(s, "/constant/100");
  asked.cpus = {CPU_SETSIZE};
  EXPECT_EQ(message_of(asked), "there is no cpu " + std::to_string(CPU_SETSIZE));
  asked.cpus = {CPU_SETSIZE - 1};
  EXPECT_EQ(message_of(asked),
            "cannot pin a generator thread to cpu " + std::to_string(CPU_SETSIZE - 1) + ": Invalid argument");
}

TEST(Load, ThreadsShareTheConnections) {
  reference_server s;
  plan asked = against(s, "/constant/1000");
  asked.threads = 2;
  asked.connections = 5;
  const point p = run(asked);
  expect_conserved(p);
  expect_seen_by(s, p);
  EXPECT_EQ(s.seen().connections, 5u);
  EXPECT_EQ(p.connections.established, 5u);
}

TEST(Load, OpenLoopSchedulesExactlyWhatTheScheduleSays) {
  reference_server s;
  plan asked = against(s, "/constant/100");
  asked.rate = 1000;
  asked.arrivals = arrivals::constant;
  asked.seconds = 0.25;
  const point p = run(asked);
  expect_conserved(p);
  expect_seen_by(s, p);
  EXPECT_EQ(p.requests.scheduled, 250u);
  EXPECT_GE(p.latency.service.min().value(), 100'000);
  EXPECT_GE(p.latency.lag.min().value(), 0);
  if (p.requests.in_flight_at_end + p.requests.unsent == 0) {
    EXPECT_NEAR(*p.latency.response.mean(), *p.latency.service.mean() + *p.latency.lag.mean(), 1);
  }
}

TEST(Load, PoissonArrivalsAreTheSeeds) {
  reference_server s;
  plan asked = against(s, "/constant/100");
  asked.rate = 2000;
  asked.seconds = 0.25;
  const auto first = run(asked).requests, second = run(asked).requests;
  EXPECT_EQ(first.in_flight_at_start, 0u);
  EXPECT_EQ(second.in_flight_at_start, 0u);
  EXPECT_EQ(first.scheduled, second.scheduled);
  EXPECT_NEAR(static_cast<double>(first.scheduled), 500, 6 * std::sqrt(500));  // six standard deviations
}

TEST(Load, OpenLoopWithoutEnoughConnectionsLeavesTheRestUnsent) {
  reference_server s;
  plan asked = against(s, "/silent");
  asked.rate = 1000;
  asked.arrivals = arrivals::constant;
  asked.seconds = 0.25;
  asked.connections = 2;
  const point p = run(asked);
  expect_conserved(p);
  expect_seen_by(s, p);
  EXPECT_EQ(p.requests.in_flight_at_end, 2u);
  EXPECT_EQ(p.requests.unsent, 250u);  // the two in flight were sent before the window
  EXPECT_FALSE(p.verdict.valid);
  // None is answered: half of them have waited for half of the window.
  EXPECT_NEAR(static_cast<double>(p.latency.response.quantile(0.5).value()), 0.125e9, 2e6);
  EXPECT_FALSE(p.generator.cpu_us_per_request);
}

TEST(Load, StallIsInTheResponseTimeOfWhatFellDueMeanwhile) {
  reference_server s;
  plan asked = against(s, "/constant/100");
  asked.rate = 1000;
  asked.arrivals = arrivals::constant;
  asked.seconds = 0.5;
  const auto stall = after_replies(s, 50, [&] { s.stall(0.2); });
  const point p = run(asked);
  expect_conserved(p);
  expect_seen_by(s, p);
  EXPECT_EQ(p.requests.scheduled, 500u);
  EXPECT_GE(p.latency.response.max().value(), 150'000'000);
  EXPECT_GE(p.latency.lag.max().value(), 50'000'000);  // 8 connections hold 8 requests of the 200
}

// Constant arrivals from the window's begin: the first request due in an interval has waited until the window's end.
TEST(Load, WhatIsNeverAnsweredIsInTheTrace) {
  reference_server s;
  plan asked = against(s, "/silent");
  asked.rate = 1000;
  asked.arrivals = arrivals::constant;
  asked.seconds = 0.25;
  asked.connections = 2;
  asked.trace_s = 0.1;
  const point p = run(asked);
  ASSERT_TRUE(p.trace);
  EXPECT_EQ(p.trace->interval_s, 0.1);
  ASSERT_EQ(p.trace->max_us.size(), 3u);
  EXPECT_NEAR(p.trace->max_us[0].value(), 250'000, 1);
  EXPECT_NEAR(p.trace->max_us[1].value(), 150'000, 1);
  EXPECT_NEAR(p.trace->max_us[2].value(), 50'000, 1);
}

TEST(Load, TheTraceIsOfAllThreadsAndOfTheFirstTarget) {
  reference_server s;
  plan asked = against(s, "/constant/1000");
  asked.targets.resize(2);
  asked.targets[1].path = "/silent";
  asked.connections = 256;
  asked.threads = 2;
  asked.rate = 400;
  asked.arrivals = arrivals::constant;
  asked.trace_s = 0.05;
  const point p = run(asked);
  ASSERT_EQ(p.trace->max_us.size(), 6u);
  const auto highest = *std::ranges::max_element(p.trace->max_us);
  EXPECT_GE(highest.value(), static_cast<double>(p.targets[0].response.max().value()) / 1e3);
  EXPECT_GT(p.targets[1].requests.in_flight_at_end, 0u);
  if (p.targets[0].requests.in_flight_at_end == 0) {
    EXPECT_EQ(highest.value(), static_cast<double>(p.targets[0].response.max().value()) / 1e3);
  }
}

TEST(Load, WhatEndsWithoutAReplyIsInTheTrace) {
  for (const auto* path : {"/reset", "/500"}) {
    reference_server s;
    plan asked = against(s, path);
    asked.rate = 20;
    asked.arrivals = arrivals::constant;
    asked.seconds = 0.5;
    asked.trace_s = 0.1;
    const point p = run(asked);
    EXPECT_EQ(p.requests.ok, 0u);
    EXPECT_TRUE(p.trace->max_us[0]) << path;
  }
}

TEST(Load, ATraceIsAsLongAsTheWindowWas) {
  reference_server s;
  plan asked = against(s, "/constant/1000");
  asked.seconds = 20;
  asked.requests = 100;
  asked.trace_s = 0.01;
  const point p = run(asked);
  ASSERT_LT(p.window_s, 19);
  EXPECT_EQ(p.trace->max_us.size(), static_cast<std::size_t>(std::ceil(p.window_s / 0.01)));
  asked.trace_s = 0;
  EXPECT_FALSE(run(asked).trace);
  asked.trace_s = 0.001;
  EXPECT_EQ(message_of(asked), "a trace of 20 s in steps of 0.001 s has more than 2000 intervals");
}

TEST(Load, OneRequestPerConnection) {
  reference_server s;
  plan asked = against(s, "/constant/100");
  asked.requests_per_connection = 1;
  const point p = run(asked);
  expect_conserved(p);
  expect_seen_by(s, p);
  EXPECT_GT(p.requests.ok, 8u);
  EXPECT_EQ(errors(p.requests), 0u);
  EXPECT_EQ(p.connections.failed, 0u);
  EXPECT_GE(s.seen().connections, p.requests.sent);
  EXPECT_LE(s.seen().connections, p.requests.sent + 8);
  for (const auto& peer : s.seen().peers) EXPECT_LE(peer.requests, 1u);
}

TEST(Load, OneRequestPerConnectionInAnOpenLoop) {
  reference_server s;
  plan asked = against(s, "/constant/100");
  asked.requests_per_connection = 1;
  asked.rate = 500;
  const point p = run(asked);
  expect_conserved(p);
  expect_seen_by(s, p);
  EXPECT_GT(p.requests.ok, 0u);
  EXPECT_EQ(errors(p.requests), 0u);
  for (const auto& peer : s.seen().peers) EXPECT_LE(peer.requests, 1u);
}

TEST(Load, SilentConnectionsAreStarvedAndInFlightAtTheEnd) {
  reference_server s({.silent = 3});
  const point p = run(against(s, "/constant/1000"));
  expect_conserved(p);
  expect_seen_by(s, p);
  EXPECT_EQ(p.connections.starved, 3u);
  EXPECT_GE(p.requests.in_flight_at_end, 3u);
  EXPECT_LE(p.connections.jain.value(), 5.0 / 8 + 1e-9);
  EXPECT_TRUE(has_reason(p, "3 of 8 connections got no reply at all"));
  EXPECT_GE(p.latency.response.max().value(), static_cast<std::int64_t>(p.window_s * 1e9));
  EXPECT_GE(p.latency.response.min().value(), 1'000'000);  // those that have waited for less do not lower it
  for (int i = 0; i < 3; ++i) EXPECT_EQ(s.seen().peers[static_cast<std::size_t>(i)].requests, 1u);
}

// More than are opened at a time, so that some are opened only when the load has started.
TEST(Load, ConnectionsAreOpenedOnceWhenTheServerAnswersNone) {
  reference_server s;
  plan p = against(s, "/silent");
  p.connections = 700;
  p.seconds = 1;
  run(p);
  s.stop();
  EXPECT_GT(s.seen().connections, 256U);
  EXPECT_LE(s.seen().connections, 700U);
}

// A full pool: connections that wait for a worker are established.
TEST(Load, ConnectionsThatNobodyAnswersAreEstablished) {
  reference_server s({.silent = 600});
  plan p = against(s, "/constant/1000");
  p.connections = 700;
  p.warmup_s = 0.5;  // those not opened before the load are opened in it
  p.seconds = 0.5;
  const point result = run(p);
  EXPECT_EQ(result.connections.established, 700u);
}

TEST(Load, JainIsOneWhenAllAreServedAlike) {
  reference_server s;
  const point p = run(against(s, "/queue/1000"));  // one worker, first come first served: turn by turn
  EXPECT_GT(p.requests.ok, 16u);
  EXPECT_GT(p.connections.jain.value(), 0.9);
  EXPECT_LE(p.connections.jain.value(), 1.0);
}

TEST(Load, InterruptedRunKeepsWhatItSaw) {
  reference_server s;
  plan asked = against(s, "/constant/1000");
  asked.seconds = 60;
  std::stop_source stop;
  const auto stopper = after_replies(s, 100, [&] { stop.request_stop(); });
  watcher w;
  w.stop = stop.get_token();
  const point p = run(asked, w);
  expect_conserved(p);
  expect_seen_by(s, p);
  EXPECT_TRUE(p.interrupted);
  EXPECT_GE(p.requests.ok, 100u - 2 * 8u);  // eight replies were greetings, eight may still be on the wire
  EXPECT_GT(p.window_s, 0);
  EXPECT_LT(p.window_s, 30);
  EXPECT_FALSE(p.verdict.valid);
  EXPECT_TRUE(has_reason(p, "interrupted"));
}

TEST(Load, InterruptedWarmUpEndsAtOnceAndMeasuresNothing) {
  reference_server s;
  plan asked = against(s, "/constant/1000");
  asked.warmup_s = 5;
  const auto begin = std::chrono::steady_clock::now();
  std::stop_source stop;
  const auto stopper = after_replies(s, 100, [&] { stop.request_stop(); });
  watcher w;
  w.stop = stop.get_token();
  const point p = run(asked, w);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(4));
  expect_conserved(p);
  EXPECT_TRUE(p.interrupted);
  EXPECT_EQ(p.requests.ok, 0u);
  EXPECT_EQ(p.window_s, 0);
  EXPECT_FALSE(p.throughput);
}

TEST(Load, TimelineAddsUpToTheTotals) {
  reference_server s;
  plan asked = against(s, "/constant/1000");
  asked.seconds = 1.2;
  watcher w;
  std::vector<double> told;
  w.each_second = [&](const timeline_row& row) { told.push_back(row.t); };
  const point p = run(asked, w);
  ASSERT_EQ(p.timeline.size(), 2u);
  EXPECT_DOUBLE_EQ(p.timeline[0].t, 1);
  EXPECT_NEAR(p.timeline[1].t, 1.2, 1e-6);
  EXPECT_GE(p.timeline[0].ok, 1u);
  EXPECT_EQ(p.timeline[0].ok + p.timeline[1].ok, p.requests.ok);
  EXPECT_GE(p.timeline[0].p50.value(), 1000);
  EXPECT_GE(p.timeline[0].max, p.timeline[0].p99);
  EXPECT_EQ(p.timeline_interval_s, 1);
  EXPECT_EQ(told.front(), 1);
}

TEST(Load, EndsWithTheLastOfSoManyRequests) {
  reference_server s;
  plan asked = against(s, "/constant/100");
  asked.requests = 100;
  asked.seconds = 60;
  const point p = run(asked);
  expect_conserved(p);
  expect_seen_by(s, p);
  EXPECT_EQ(p.requests.ok, 100u);
  EXPECT_LT(p.window_s, 30);
  EXPECT_FALSE(p.interrupted);
}

TEST(Load, SoManyRequestsAreNotMoreForMoreConnections) {
  for (const int threads : {1, 3}) {
    for (const std::uint64_t n : {1u, 5u, 10u}) {
      reference_server s;
      plan asked = against(s, "/constant/100");
      asked.requests = n;
      asked.threads = threads;
      asked.warmup_s = n == 5 ? 0.1 : 0;
      asked.seconds = 60;
      const point p = run(asked);
      expect_conserved(p);
      EXPECT_EQ(p.requests.sent, n) << threads;
      EXPECT_EQ(p.requests.ok, n) << threads;
      EXPECT_LT(p.window_s, 30);
    }
  }
}

TEST(Load, NobodyListens) {
  reference_server s;
  const plan asked = against(s, "/");
  s.stop();
  EXPECT_EQ(message_of(asked), "cannot connect to " + asked.url + ": Connection refused");
}

TEST(Load, MoreConnectionsThanTheMachineHolds) {
  reference_server s;
  plan asked = against(s, "/constant/100");
  asked.connections = 1'000'000'000;
  EXPECT_NE(message_of(asked).find("1000000000 connections need"), std::string::npos) << message_of(asked);
}

}  // namespace
}  // namespace tvl::load
