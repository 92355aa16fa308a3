// Simulation tests: schedule and recorder against simulated servers on a simulated clock must report the analytic
// values.

#include "clients/load/base/clock.hpp"
#include "clients/load/engine/recorder.hpp"
#include "clients/load/plan/schedule.hpp"
#include "clients/load/selftest/expected_values.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <queue>
#include <vector>

namespace tvl::load {
namespace {

constexpr double second_ns = 1e9;
double to_s(double ns) { return ns / second_ns; }

// Returns when a request that arrives at this time is answered. Called in order of arrival.
using server_model = std::function<std::int64_t(std::int64_t arrival)>;

server_model constant_delay(double delay_s) {
  return [delay = to_ns(delay_s)](std::int64_t arrival) { return arrival + delay; };
}

server_model single_worker(double service_s) {
  return [service = to_ns(service_s), free = std::int64_t{0}](std::int64_t arrival) mutable {
    return free = std::max(free, arrival) + service;
  };
}

// A single worker that stalls once, like a process between SIGSTOP and SIGCONT.
server_model stalling_worker(double service_s, double stall_begin_s, double stall_s) {
  return [service = to_ns(service_s), begin = to_ns(stall_begin_s), end = to_ns(stall_begin_s + stall_s),
          free = std::int64_t{0}](std::int64_t arrival) mutable {
    const auto started = std::max(free, arrival);
    const bool stopped = started < end && started + service > begin;
    const auto done_before = std::max<std::int64_t>(0, begin - started);
    return free = stopped ? std::max(started, end) + service - done_before : started + service;
  };
}

struct load_plan {
  load::arrivals arrivals = load::arrivals::poisson;
  double rate = 1000;
  double seconds = 20;
  std::size_t connections = 1000;
  std::uint64_t seed = 1;
  std::vector<step> steps = {};
};

phase_record phases_of(const load_plan& asked) {
  plan p;
  p.rate = asked.rate;
  p.seconds = asked.seconds;
  p.steps = asked.steps;
  return phase_record(p);
}

std::vector<schedule::rate_change> changes_of(const load_plan& asked) {
  std::vector<schedule::rate_change> all;
  for (const auto& s : asked.steps) all.push_back({to_ns(s.at_s), s.rate});
  return all;
}

// The engine's pacing: a due request is sent on a free connection at once, or waits for one in order and keeps its due
// time. No request is skipped, and none is delayed further after a stall.
struct run_on_simulated_clock {
  recorder records;

  run_on_simulated_clock(const load_plan& plan, server_model reply_at)
      : records(true, 1, stall_trace(to_ns(0.1), to_ns(plan.seconds)), phases_of(plan)) {
    const auto end = to_ns(plan.seconds);
    std::priority_queue<std::int64_t, std::vector<std::int64_t>, std::greater<>> free_at;
    for (std::size_t i = 0; i < plan.connections; ++i) free_at.push(0);
    records.begin(0);
    schedule times(plan.arrivals, plan.rate, plan.seed, 0, 0, changes_of(plan));
    for (; times.due() < end; times.pop()) {
      records.fell_due(times.due());
      const auto sent = std::max(times.due(), free_at.top());
      if (sent >= end) {
        ++records.counts.unsent;
        records.unsent_at_end(0, times.due(), end);
        continue;
      }
      free_at.pop();
      records.sent(0);
      const auto received = reply_at(sent);
      free_at.push(received);
      if (received < end)
        records.ok(0, times.due(), sent, received);
      else
        records.in_flight_at_end(0, times.due(), sent, end);
    }
    records.finish();
  }

  double mean_s(const histogram latencies::*which) const { return to_s((records.latency.*which).mean().value()); }
  double quantile_s(const histogram latencies::*which, double q) const {
    return to_s(static_cast<double>((records.latency.*which).quantile(q).value()));
  }
};

void expect_conserved(const run_on_simulated_clock& run) {
  const auto& c = run.records.counts;
  const auto& l = run.records.latency;
  EXPECT_EQ(c.scheduled, c.sent + c.unsent);
  EXPECT_EQ(c.sent, c.ok + c.in_flight_at_end);
  EXPECT_EQ(l.response.count(), c.scheduled);
  EXPECT_EQ(l.service.count(), c.sent);
  EXPECT_EQ(l.lag.count(), c.scheduled);
}

TEST(Simulation, AConstantDelayIsReportedAsItIs) {
  for (const double delay : {0.0001, 0.001, 0.01, 0.1}) {
    const run_on_simulated_clock run({.seconds = 5}, constant_delay(delay));
    expect_conserved(run);
    for (const double q : {0.5, 0.99, 1.0}) {
      EXPECT_NEAR(run.quantile_s(&latencies::response, q), delay, delay / 1000);
      EXPECT_NEAR(run.quantile_s(&latencies::service, q), delay, delay / 1000);
    }
    EXPECT_EQ(run.records.latency.lag.max(), 0);
  }
}

TEST(Simulation, PoissonArrivalsWaitLikeMD1) {
  constexpr double service = 0.001;
  for (const double rate : {300.0, 500.0, 800.0}) {
    const run_on_simulated_clock run({.rate = rate, .seconds = 400}, single_worker(service));
    expect_conserved(run);
    const double expected = analytic::md1_mean_wait(rate, service);
    EXPECT_NEAR(run.mean_s(&latencies::response) - service, expected, 0.04 * expected) << rate;
  }
}

TEST(Simulation, ConstantArrivalsDoNotWaitBelowCapacity) {
  const run_on_simulated_clock run({.arrivals = arrivals::constant, .rate = 800, .seconds = 100}, single_worker(0.001));
  expect_conserved(run);
  EXPECT_EQ(run.records.latency.response.max(), to_ns(0.001));
}

// Requests wait in the server's queue (many connections) or in the generator's (one connection). The response time is
// the same; service time and lag differ.
TEST(Simulation, ResponseTimeDoesNotDependOnWhereRequestsWait) {
  const run_on_simulated_clock in_server({.rate = 800, .seconds = 50}, single_worker(0.001));
  const run_on_simulated_clock in_generator({.rate = 800, .seconds = 50, .connections = 1}, single_worker(0.001));
  expect_conserved(in_generator);
  EXPECT_EQ(in_server.records.latency.response.encode(), in_generator.records.latency.response.encode());
  EXPECT_EQ(in_server.records.latency.lag.max(), 0);
  EXPECT_EQ(in_generator.records.latency.service.max(), to_ns(0.001));
  EXPECT_NEAR(in_generator.mean_s(&latencies::lag), analytic::md1_mean_wait(800, 0.001), 0.1 * 0.002);
}

TEST(Simulation, AStallIsSeenByEveryRequestThatWasDueInIt) {
  constexpr double stall = 1.4, window = 20;
  const run_on_simulated_clock run({.arrivals = arrivals::constant, .seconds = window, .connections = 10},
                                   stalling_worker(0.000001, 8, stall));
  expect_conserved(run);
  for (const double q : {0.94, 0.95, 0.99, 0.999}) {
    const double expected = analytic::stall_quantile(q, stall, window);
    EXPECT_NEAR(run.quantile_s(&latencies::response, q), expected, 0.01 * expected + 0.001) << q;
  }
  EXPECT_LT(run.quantile_s(&latencies::response, 0.92), 0.001);
  EXPECT_LT(run.quantile_s(&latencies::service, 0.99), 0.001);  // ten requests out of 20,000 were on the wire
  EXPECT_NEAR(run.quantile_s(&latencies::service, 1), stall, 0.01 * stall);
}

TEST(Simulation, AStallIsATriangleInTheTrace) {
  const run_on_simulated_clock run({.arrivals = arrivals::constant, .seconds = 3, .connections = 10},
                                   stalling_worker(0.000001, 1, 0.5));
  const auto trace = run.records.trace.within(to_ns(3));
  ASSERT_EQ(trace.size(), 30u);
  for (std::size_t i = 0; i < trace.size(); ++i) {
    const double due = 0.1 * static_cast<double>(i);
    const double waited = i >= 10 && i < 15 ? 1.5 - due : 0;  // of the first request due in the interval
    EXPECT_NEAR(to_s(static_cast<double>(trace[i].value())), waited, 0.002) << i;
  }
}

TEST(Simulation, AStallThatDoesNotEndIsInTheTrace) {
  const run_on_simulated_clock run({.arrivals = arrivals::constant, .seconds = 3, .connections = 10},
                                   stalling_worker(0.000001, 1, 1000));
  const auto trace = run.records.trace.within(to_ns(3));
  for (std::size_t i = 10; i < trace.size(); ++i)
    EXPECT_NEAR(to_s(static_cast<double>(trace[i].value())), 3 - 0.1 * static_cast<double>(i), 0.002) << i;
}

// No catch-up cap: only the server's capacity limits how fast the pending queue drains.
TEST(Simulation, ASlowRecoveryIsTheServersAlone) {
  constexpr double stall = 1.4, window = 20, service = 0.0005;  // 2000/s of capacity at 1000/s offered
  const run_on_simulated_clock run({.arrivals = arrivals::constant, .seconds = window, .connections = 10},
                                   stalling_worker(service, 8, stall));
  expect_conserved(run);
  for (const double q : {0.9, 0.95, 0.99}) {
    const double expected = analytic::stall_quantile(q, stall, window, 1000 * service);
    EXPECT_NEAR(run.quantile_s(&latencies::response, q), expected, 0.01 * expected) << q;
  }
}

TEST(Simulation, BoundedConnectionsLimitThroughput) {
  constexpr double delay = 0.05;
  const run_on_simulated_clock run({.rate = 1000, .seconds = 10, .connections = 20}, constant_delay(delay));
  expect_conserved(run);
  const double throughput = static_cast<double>(run.records.counts.ok) / 10;
  EXPECT_NEAR(throughput, 20 / delay, 0.01 * 20 / delay);
  EXPECT_GT(run.records.counts.unsent, 5500u);  // 600 a second above the capacity
  EXPECT_NEAR(run.quantile_s(&latencies::service, 1), delay, delay / 1000);
  // The last answered request was due at 0.4 of the window and waited for the rest of it.
  EXPECT_NEAR(run.quantile_s(&latencies::response, 1), 6, 0.3);
}

TEST(Simulation, WhatIsNeverAnsweredIsInFlightAndNotLost) {
  const run_on_simulated_clock run({.rate = 100, .seconds = 10, .connections = 20}, constant_delay(1000));
  expect_conserved(run);
  EXPECT_EQ(run.records.counts.ok, 0u);
  EXPECT_EQ(run.records.counts.in_flight_at_end, 20u);
  EXPECT_GT(run.records.counts.unsent, 800u);
  // Due at a constant rate, none has ended: half have waited for half of the window.
  EXPECT_NEAR(run.quantile_s(&latencies::response, 0.5), 5, 0.5);
  EXPECT_NEAR(run.quantile_s(&latencies::response, 1), 10, 0.2);
}

// One request in 200 is never answered and given up after 0.3 s, as tvl-load --timeout 0.3 does.
TEST(Simulation, WhatTimesOutIsInThePercentiles) {
  recorder records(true, 1);
  records.begin(0);
  for (int i = 0; i < 20'000; ++i) {
    const std::int64_t due = i * one_millisecond, sent = due + one_millisecond;
    records.fell_due(due);
    records.sent(0);
    if (i % 200 == 199)
      records.failed(0, &request_counts::timeouts, due, sent, sent + 300 * one_millisecond);
    else
      records.ok(0, due, sent, sent + one_millisecond);
  }
  records.finish();
  const auto& l = records.latency;
  EXPECT_EQ(l.response.quantile(0.999), 301 * one_millisecond);
  EXPECT_EQ(l.response.max(), 301 * one_millisecond);
  EXPECT_EQ(l.service.quantile(0.999), 300 * one_millisecond);
  EXPECT_NEAR(static_cast<double>(l.response.quantile(0.99).value()), 2.0 * one_millisecond, 2e3);
  EXPECT_EQ(l.lag.max(), one_millisecond);
  EXPECT_EQ(l.response.count(), records.counts.scheduled);
}

// Half of the requests of a slow server are in flight when the window ends. They have waited for less than a reply
// takes, and do not lower its percentiles.
TEST(Simulation, WhatIsInFlightAtTheEndLowersNoPercentile) {
  const run_on_simulated_clock run({.arrivals = arrivals::constant, .rate = 1000, .seconds = 2}, constant_delay(1));
  expect_conserved(run);
  EXPECT_GE(run.records.counts.in_flight_at_end, 999u);
  for (const double q : {0.01, 0.5, 0.99}) EXPECT_NEAR(run.quantile_s(&latencies::response, q), 1, 0.001) << q;
}

TEST(Simulation, ArrivalsAtTheServerArePoissonWhileConnectionsAreFree) {
  std::vector<double> gaps;
  std::int64_t last = 0;
  const run_on_simulated_clock run({.rate = 1000, .seconds = 20}, [&](std::int64_t arrival) {
    gaps.push_back(to_s(static_cast<double>(arrival - last)));
    last = arrival;
    return arrival + to_ns(0.001);
  });
  expect_conserved(run);
  const auto fit = analytic::exponential_gaps(gaps, 1000);
  EXPECT_TRUE(fit.pass) << fit.statistic << " > " << fit.limit;
}

// 500 a second, then 1500 for two seconds, then 500 again, with a capacity of 1000: 1000 requests queue up, which takes
// two seconds with 500 a second to spare.
TEST(Simulation, RecoveryTakesAsLongAsTheQueue) {
  const std::vector<step> steps = {{3, 1500}, {5, 500}};
  for (const auto kind : {arrivals::constant, arrivals::poisson}) {
    const run_on_simulated_clock run({.arrivals = kind, .rate = 500, .seconds = 15, .steps = steps},
                                     single_worker(0.001));
    expect_conserved(run);
    plan asked;
    asked.rate = 500;
    asked.steps = steps;
    const auto phases = run.records.phases.phases(asked, 15);
    ASSERT_EQ(phases.size(), 3u);
    std::uint64_t scheduled = 0, ok = 0, unanswered = 0;
    for (const auto& p : phases) {
      EXPECT_EQ(p.scheduled, p.ok + p.errors + p.unanswered);
      scheduled += p.scheduled, ok += p.ok, unanswered += p.unanswered;
    }
    EXPECT_EQ(scheduled, run.records.counts.scheduled);
    EXPECT_EQ(ok, run.records.counts.ok);
    EXPECT_EQ(unanswered, run.records.counts.in_flight_at_end + run.records.counts.unsent);
    EXPECT_NEAR(static_cast<double>(phases[1].scheduled), 3000, 4 * std::sqrt(3000));
    EXPECT_NEAR(phases[0].goodput.value(), 500, 4 * std::sqrt(500 / 3));
    EXPECT_NEAR(phases[1].goodput.value(), 1000, 10);  // its capacity, whatever is offered
    EXPECT_NEAR(to_s(static_cast<double>(phases[1].response.max().value())), 1, 0.3);
    // Poisson: twice the deviation of the queue length, at 500 a second to spare, and the remaining noise.
    const double off = kind == arrivals::constant ? 0.1 : 0.8;
    EXPECT_NEAR(run.records.phases.response_recovery_s(15).value(), 2, off);
  }
}

// Closed loop: each connection sends when its last reply has arrived.
TEST(Simulation, TheClosedLoopObeysItsLaw) {
  for (const int connections : {1, 5, 20, 64}) {
    constexpr double service = 0.001, think = 0.01;
    recorder records(false, 1);
    records.begin(0);
    auto reply_at = single_worker(service);
    std::priority_queue<std::int64_t, std::vector<std::int64_t>, std::greater<>> due_at;
    for (int i = 0; i < connections; ++i) due_at.push(0);
    while (due_at.top() < to_ns(10)) {
      const auto due = due_at.top();
      due_at.pop();
      const auto received = reply_at(due);
      records.ok(0, due, due, received);
      due_at.push(received + to_ns(think));
    }
    records.finish();
    const double expected = analytic::closed_loop_throughput(connections, service, think);
    EXPECT_NEAR(static_cast<double>(records.counts.ok) / 10, expected, 0.01 * expected + 1) << connections;
    EXPECT_EQ(records.latency.service.encode(), records.latency.response.encode());
    EXPECT_EQ(records.latency.lag.max(), 0);
  }
}

}  // namespace
}  // namespace tvl::load
