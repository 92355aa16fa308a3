// The search on simulated servers.

#include "bench/suite/measuring/find_knee.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <stdexcept>
#include <vector>

namespace tvl::suite {
namespace {

// Serves up to `capacity` requests a second, each in 1 ms below `knee` and in 100 ms from there on.
struct simulated {
  double capacity = 0, knee = 0;
  std::size_t calm = 1, busy = 0;  // trials without and then with interference, in turn
  std::vector<load::plan> asked = {};

  load::point operator()(const load::plan& p) {
    asked.push_back(p);
    load::point result;
    result.asked = p;
    result.window_s = p.seconds;
    const double rate = p.rate > 0 ? std::min(p.rate, capacity) : capacity;
    const auto replies = static_cast<std::uint64_t>(rate * p.seconds);
    result.throughput = rate;
    result.requests.ok = result.requests.sent = result.requests.scheduled = replies;
    result.connections.asked = result.connections.established = 1;
    const bool disturbed = (asked.size() - 1) % (calm + busy) >= calm;
    result.latency.response.record(p.rate < knee && !disturbed ? 1'000'000 : 100'000'000, replies);
    if (disturbed) result.verdict = {false, "host-busy", {{"host-busy", "it is"}}};
    return result;
  }
  knee_found find(load::plan p = {}) {
    return find_knee(std::move(p), "p99=10ms", [this](const load::plan& trial) { return (*this)(trial); });
  }
};

TEST(find_knee, is_within_a_tenth_on_fast_and_slow_servers) {
  for (const double knee : {900., 20'000., 79'000.}) {
    simulated server{knee * 1.2, knee};
    const auto found = server.find();
    ASSERT_TRUE(found.rate) << found.why_not;
    EXPECT_LT(*found.rate, knee);
    EXPECT_GT(*found.rate * 1.1, knee * 0.999);
    double seconds = 0;
    for (const auto& p : server.asked) seconds += p.warmup_s + p.seconds;
    EXPECT_LT(seconds, knee < 1000 ? 60 : 15) << "a slow server needs longer for as many samples";
  }
}

TEST(find_knee, occasional_interference_does_not_lower_it) {
  for (const std::size_t calm : {1, 2, 3, 5}) {
    simulated server{24'000, 20'000};
    server.calm = calm;
    server.busy = 2;
    const auto found = server.find();
    ASSERT_TRUE(found.rate) << found.why_not;
    EXPECT_GT(*found.rate * 1.1, 20'000 * 0.999) << calm;
  }
}

// A pause of the server's core is not seen: one slow trial in three has no note.
TEST(find_knee, a_slow_trial_that_does_not_repeat_does_not_lower_it) {
  for (const std::size_t first : {0, 1, 2}) {
    simulated server{24'000, 20'000};
    std::size_t trials = first;
    const auto found = find_knee({}, "p99=10ms", [&](const load::plan& p) {
      auto result = server(p);
      if (trials++ % 3 == 0) {
        result.latency.response.clear();
        result.latency.response.record(100'000'000, result.requests.ok);
      }
      return result;
    });
    ASSERT_TRUE(found.rate) << found.why_not;
    EXPECT_GT(*found.rate * 1.1, 20'000 * 0.999) << first;
  }
}

TEST(find_knee, ends_under_constant_interference) {
  simulated server{24'000, 20'000};
  server.busy = 1000;
  EXPECT_FALSE(server.find().rate);
  EXPECT_LT(server.asked.size(), 20U);
}

TEST(find_knee, has_no_background_connections_or_load_changes) {
  load::plan p;
  p.connections = 77;
  p.crowd.idle = 5;
  p.steps = {{1, 2}};
  p.storm_s = 1;
  p.late = {1, 2};
  p.trace_s = 1;
  simulated server{1e4, 8e3};
  server.find(p);
  ASSERT_FALSE(server.asked.empty());
  EXPECT_EQ(server.asked[0].rate, 0);
  for (const auto& trial : server.asked) {
    EXPECT_EQ(trial.connections, 77);
    EXPECT_EQ(trial.crowd.connections(), 0);
    EXPECT_TRUE(trial.steps.empty() && !trial.storm_s && !trial.late && trial.trace_s == 0);
  }
}

TEST(find_knee, reports_why_there_is_none) {
  simulated slow{1e4, 0};
  const auto found = slow.find();
  EXPECT_FALSE(found.rate);
  EXPECT_EQ(found.why_not, "no knee: p99=10ms is not met at 1250/s already, of 10.0 k/s in a closed loop");
  simulated dead{0, 0};
  EXPECT_EQ(dead.find().why_not, "no knee: no reply in a closed loop");
}

TEST(find_knee, an_interrupted_run_ends_it) {
  const auto found = find_knee({}, "p99=10ms", [](const load::plan&) {
    load::point p;
    p.throughput = 1000;
    p.interrupted = true;
    return p;
  });
  EXPECT_FALSE(found.rate);
}

TEST(find_knee, workloads_that_ask_the_same_share_a_knee_in_each_repetition) {
  workload stick, crowded;
  stick.endpoint = crowded.endpoint = "plaintext";
  load_settings settings;
  settings.knee_slo = "p99=10ms";
  const scheduled one{
      "stick", "asio_loop", {{"connections", quantity::of(100)}, {"percent_of_knee", quantity::of(25)}}};
  const auto key = key_of_knee(stick, settings, one);

  auto other = one;
  other.workload = "crowded";
  other.settings = {
      {"connections", quantity::of(100)}, {"percent_of_knee", quantity::of(120)}, {"idle", quantity::of(5)}};
  other.control = true;
  EXPECT_EQ(key_of_knee(crowded, settings, other), key);

  const auto differs = [&](auto change) {
    auto s = one;
    auto w = stick;
    auto l = settings;
    change(s, w, l);
    return key_of_knee(w, l, s) != key;
  };
  EXPECT_TRUE(differs([](auto& s, auto&, auto&) { s.repetition = 1; }));
  EXPECT_TRUE(differs([](auto& s, auto&, auto&) { s.contestant = "asio_threads"; }));
  EXPECT_TRUE(differs([](auto& s, auto&, auto&) { s.settings[0].value = quantity::of(64); }));
  EXPECT_TRUE(differs([](auto& s, auto&, auto&) { s.settings.push_back({"threads", quantity::of(4)}); }));
  EXPECT_TRUE(differs([](auto&, auto& w, auto&) { w.endpoint = "json"; }));
  EXPECT_TRUE(differs([](auto&, auto&, auto& l) { l.knee_slo = "p99=5ms"; }));
}

}  // namespace
}  // namespace tvl::suite
