// run() of plans that change inside their window. Nothing is lost, and the phases account for every request.

#include "clients/load/meter/watcher.hpp"
#include "clients/load/run/run.hpp"
#include "clients/load/selftest/invariants.hpp"
#include "clients/load/selftest/reference_server.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <stop_token>
#include <string>

namespace tvl::load {
namespace {

// The window is long, because these tests run on busy machines.
plan changing(const reference_server& s, std::string_view path) {
  plan p = against(s, path);
  p.seconds = 1;
  return p;
}

void expect_phases_conserved(const point& p) {
  expect_conserved(p);
  request_counts sum;
  histogram response;
  double replies = 0;
  for (const auto& each : p.phases) {
    EXPECT_EQ(each.scheduled, each.ok + each.errors + each.unanswered) << each.begin_s;
    EXPECT_EQ(each.response.count(), each.scheduled);
    sum.scheduled += each.scheduled;
    sum.ok += each.ok;
    sum.resets += each.errors;
    sum.unsent += each.unanswered;
    replies += each.goodput.value() * (each.end_s - each.begin_s);
    response.merge(each.response);
  }
  EXPECT_EQ(sum.scheduled, p.requests.scheduled);
  EXPECT_EQ(sum.ok, p.requests.ok);
  EXPECT_EQ(sum.resets, errors(p.requests));
  EXPECT_EQ(sum.unsent, p.requests.unsent + p.requests.in_flight_at_end);
  EXPECT_NEAR(replies, static_cast<double>(p.replies), 1e-6);
  EXPECT_EQ(response.count(), p.latency.response.count());
  EXPECT_EQ(p.phases.front().begin_s, 0);
  EXPECT_EQ(p.phases.back().end_s, p.window_s);
}

TEST(LoadChanges, StepsAreWhereThePlanSays) {
  for (const int threads : {1, 2}) {
    reference_server s;
    plan asked = changing(s, "/constant/100");
    asked.threads = threads;
    asked.arrivals = arrivals::constant;
    asked.rate = 200;
    asked.steps = {{0.4, 1000}, {0.6, 200}};
    const point p = run(asked);
    expect_phases_conserved(p);
    expect_seen_by(s, p);
    ASSERT_EQ(p.phases.size(), 3u);
    EXPECT_EQ(p.phases[0].scheduled, 80u);
    EXPECT_EQ(p.phases[1].scheduled, 200u);
    EXPECT_EQ(p.phases[2].scheduled, 80u);
    EXPECT_FALSE(p.recovery.response_s);  // 80 replies have no p99
    EXPECT_FALSE(p.recovery.all_served_s);
  }
}

TEST(LoadChanges, RowsOfTheTimelineBeginAtTheChange) {
  reference_server s({.child = true});
  plan asked = changing(s, "/constant/100");
  asked.arrivals = arrivals::constant;
  asked.rate = 200;
  asked.steps = {{0.45, 1000}};
  const meter server(s.pid());
  watcher w;
  w.server = &server;
  const point p = run(asked, w);
  expect_phases_conserved(p);
  EXPECT_EQ(p.timeline_interval_s, 0.1);
  ASSERT_EQ(p.timeline.size(), 11u);
  EXPECT_DOUBLE_EQ(p.timeline[3].t, 0.4);
  EXPECT_DOUBLE_EQ(p.timeline[4].t, 0.45);
  EXPECT_DOUBLE_EQ(p.timeline[5].t, 0.55);
  EXPECT_DOUBLE_EQ(p.timeline[10].t, p.window_s);
  std::uint64_t before = 0;
  for (std::size_t i = 0; i <= 4; ++i) before += p.timeline[i].ok;
  EXPECT_LE(before, 90u);  // due before the change: a reply may be late, never early
  // Read before the change, a row after it, and at the end.
  double last = 0;
  for (std::size_t i = 0; i < p.timeline.size(); ++i) {
    const auto& row = p.timeline[i];
    EXPECT_EQ(row.sampled_s.has_value(), i == 4 || i == 5 || i == 10) << i;
    EXPECT_EQ(row.descriptors.has_value(), row.sampled_s.has_value()) << i;
    EXPECT_GT(row.sampled_s.value_or(1), last);
    last = row.sampled_s.value_or(last);
  }
}

TEST(LoadChanges, PoissonStepsToo) {
  reference_server s;
  plan asked = changing(s, "/constant/100");
  asked.warmup_s = 0.1;
  asked.rate = 400;
  asked.steps = {{0.5, 2000}};
  const point p = run(asked);
  expect_phases_conserved(p);
  EXPECT_NEAR(static_cast<double>(p.phases[0].scheduled), 200, 6 * std::sqrt(200));
  EXPECT_NEAR(static_cast<double>(p.phases[1].scheduled), 1000, 6 * std::sqrt(1000));
}

TEST(LoadChanges, WithoutChangesThereAreNoPhases) {
  reference_server s;
  const point p = run(against(s, "/constant/1000"));
  EXPECT_TRUE(p.phases.empty());
  EXPECT_FALSE(p.recovery.response_s);
  EXPECT_FALSE(p.recovery.all_served_s);
}

TEST(LoadChanges, AStormClosesAllAndAllComeBack) {
  reference_server s;
  plan asked = changing(s, "/constant/1000");
  asked.storm_s = 0.3;
  const point p = run(asked);
  expect_phases_conserved(p);
  s.stop();
  EXPECT_EQ(s.seen().connections, 16u);
  EXPECT_EQ(p.connections.opened, 8u);
  EXPECT_EQ(p.connections.failed, 0u);
  EXPECT_EQ(p.connections.established, 8u);
  EXPECT_EQ(errors(p.requests), 0u);           // requests that the storm cut off are not errors
  EXPECT_GT(p.requests.in_flight_at_end, 8u);  // eight were under way at the storm, and some at the end
  EXPECT_GE(p.recovery.all_served_s.value(), 0.001);
  EXPECT_LE(p.recovery.all_served_s.value(), 0.7);
}

TEST(LoadChanges, AStormInAnOpenLoopKeepsTheSchedule) {
  reference_server s;
  plan asked = changing(s, "/constant/1000");
  asked.arrivals = arrivals::constant;
  asked.rate = 1000;
  asked.storm_s = 0.3;
  asked.threads = 2;
  const point p = run(asked);
  expect_phases_conserved(p);
  EXPECT_EQ(p.phases[0].scheduled, 300u);
  EXPECT_EQ(p.phases[1].scheduled, 700u);
  EXPECT_EQ(p.connections.opened, 8u);
  EXPECT_EQ(errors(p.requests), 0u);
  EXPECT_TRUE(p.recovery.all_served_s);
}

// More than are opened between two polls of the sockets.
TEST(LoadChanges, AStormOfMany) {
  reference_server s;
  plan asked = changing(s, "/constant/1000");
  asked.connections = 600;
  asked.seconds = 3;
  asked.storm_s = 0.5;
  const point p = run(asked);
  expect_phases_conserved(p);
  EXPECT_EQ(p.connections.opened, 600u);
  EXPECT_EQ(p.connections.failed, 0u);
  EXPECT_EQ(p.connections.established, 600u);
}

TEST(LoadChanges, AStormGoesTogetherWithAllElse) {
  const auto expect_sane = [](std::string_view path, const auto& change) {
    reference_server s;
    plan asked = changing(s, path);
    asked.storm_s = 0.2;
    asked.seconds = 0.5;
    change(asked);
    const point p = run(asked);
    expect_phases_conserved(p);
    return p;
  };
  expect_sane("/constant/1000", [](plan& p) { p.requests_per_connection = 1; });
  expect_sane("/constant/1000", [](plan& p) { p.requests_per_connection = 3, p.rate = 500; });
  expect_sane("/constant/1000", [](plan& p) { p.think_s = 0.05; });
  expect_sane("/reset", [](plan&) {});
  expect_sane("/constant/1000", [](plan& p) { p.rate = 500, p.steps = {{0.2, 100}, {0.3, 900}}; });
  const point silent = expect_sane("/silent", [](plan& p) { p.timeout_s = 0.1; });
  EXPECT_FALSE(silent.recovery.all_served_s);
  const point refused = expect_sane("/500", [](plan&) {});
  EXPECT_FALSE(refused.recovery.all_served_s);  // a 500 does not serve
}

TEST(LoadChanges, AStormThatWasNotReachedLeavesNoTrace) {
  reference_server s;
  plan asked = changing(s, "/constant/1000");
  asked.seconds = 60;
  asked.storm_s = 50;
  asked.requests = 100;
  const point p = run(asked);
  expect_phases_conserved(p);
  EXPECT_EQ(p.phases.size(), 1u);
  EXPECT_EQ(p.connections.opened, 0u);
  EXPECT_FALSE(p.recovery.all_served_s);
}

TEST(LoadChanges, AnInterruptedStormIsSane) {
  reference_server s;
  plan asked = changing(s, "/constant/1000");
  asked.seconds = 60;
  asked.storm_s = 0.1;
  std::stop_source stop;
  const auto stopper = after_replies(s, 500, [&] { stop.request_stop(); });
  watcher w;
  w.stop = stop.get_token();
  const point p = run(asked, w);
  EXPECT_TRUE(p.interrupted);
  expect_phases_conserved(p);
}

TEST(LoadChanges, LateConnectionsComeAndAreServed) {
  reference_server s;
  plan asked = changing(s, "/constant/1000");
  asked.connections = 4;
  asked.threads = 2;
  asked.late = {0.3, 5};
  const point p = run(asked);
  expect_phases_conserved(p);
  expect_seen_by(s, p);
  EXPECT_EQ(s.seen().connections, 9u);
  EXPECT_EQ(p.connections.asked, 9u);
  EXPECT_EQ(p.connections.established, 9u);
  EXPECT_EQ(p.connections.starved, 0u);
  EXPECT_EQ(p.phases[0].connections, 4);
  EXPECT_EQ(p.phases[1].connections, 9);
  EXPECT_GE(p.recovery.all_served_s.value(), 0.001);
  EXPECT_FALSE(p.connections.jain);
  EXPECT_FALSE(p.connections.worst);
}

// Too few connections for 1000 requests a second of 100 ms each: the late ones increase the replies.
TEST(LoadChanges, LateConnectionsJoinTheOpenLoop) {
  reference_server s;
  plan asked = changing(s, "/constant/100000");
  asked.connections = 4;
  asked.rate = 1000;
  asked.arrivals = arrivals::constant;
  asked.late = {0.5, 12};
  const point p = run(asked);
  expect_phases_conserved(p);
  expect_seen_by(s, p);
  EXPECT_EQ(p.connections.established, 16u);
  EXPECT_EQ(p.phases[0].scheduled, 500u);
  EXPECT_EQ(p.phases[1].scheduled, 500u);
  EXPECT_LE(p.phases[0].goodput.value(), 4 * 5 / 0.5);
  EXPECT_GT(p.requests.ok, 0u);
}

TEST(LoadChanges, LateConnectionsNobodyAnswersAreNotServed) {
  reference_server s;
  plan asked = changing(s, "/silent");
  asked.seconds = 0.3;
  asked.late = {0.1, 5};
  const point p = run(asked);
  expect_phases_conserved(p);
  EXPECT_FALSE(p.recovery.all_served_s);
  EXPECT_EQ(p.connections.starved, 13u);
}

TEST(LoadChanges, NonsenseIsRefused) {
  reference_server s;
  plan asked = against(s, "/constant/100");
  asked.steps = {{0.1, 100}};
  EXPECT_EQ(message_of(asked), "steps change a rate: they need an open loop");
}

}  // namespace
}  // namespace tvl::load
