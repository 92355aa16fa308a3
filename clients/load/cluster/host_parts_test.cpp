#include "clients/load/cluster/host_parts.hpp"

#include "clients/load/analysis/generator_parts.hpp"
#include "clients/load/analysis/merge_points.hpp"

#include <gtest/gtest.h>

namespace tvl::load {
namespace {

// A point of two hosts; of the second the generator began `late_s` after the common start.
point of_two(double late_s, const std::string& words) {
  std::vector<point> parts = {load::measured(1, 30, 10'000, 10), load::measured(2, 10, 2'000, 110)};
  parts[0].generator.start_late_s = 0.0001;
  parts[1].generator.start_late_s = late_s;
  const std::vector<std::string> names = {"load1", "load2"};
  point whole = merge(parts, names);
  whole.verdict = {};
  add_hosts(parts, names, {" 1000000000 200 30000 0", words}, whole);
  return whole;
}

TEST(HostParts, TellWhatEachHostDid) {
  const point p = of_two(0.0002, " -5000000000 -1000 20000 -1");
  EXPECT_TRUE(p.verdict.valid);
  ASSERT_EQ(p.hosts.size(), 2u);
  EXPECT_EQ(p.hosts[0].name, "load1");
  EXPECT_EQ(p.hosts[0].connections, 30u);
  EXPECT_EQ(p.hosts[0].replies, 10'000u);
  EXPECT_EQ(p.hosts[0].clock_ahead_s, 1.0);
  EXPECT_EQ(p.hosts[0].throttled_periods, 0u);
  EXPECT_EQ(p.hosts[1].clock_ahead_s, -5.0);
  EXPECT_EQ(p.hosts[1].clock_drift_s, -1e-6);
  EXPECT_EQ(p.hosts[1].clock_uncertainty_s, 2e-5);
  EXPECT_EQ(p.hosts[1].throttled_periods, std::nullopt);
  EXPECT_GT(p.hosts[1].response_p99_us, p.hosts[0].response_p99_us) << "its slow replies are its own";
  EXPECT_EQ(p.hosts[0].replies + p.hosts[1].replies, p.replies);
}

void expect_invalid(const point& p, const std::string& code, const std::string& text) {
  EXPECT_FALSE(p.verdict.valid);
  EXPECT_TRUE(p.hosts[0].valid);
  EXPECT_FALSE(p.hosts[1].valid);
  EXPECT_EQ(p.verdict.limiter, "generator");
  ASSERT_FALSE(p.verdict.reasons.empty());
  EXPECT_EQ(p.verdict.reasons.front().code, code);
  EXPECT_EQ(p.verdict.reasons.front().text, text);
}

TEST(HostParts, AHostThatSpoilsThePointIsNamed) {
  expect_invalid(of_two(0.0101, " 0 0 1000 0"), "host-late",
                 "load host load2: it began 10.1 ms after the others, which must be 10 ms at most");
  expect_invalid(of_two(0, " 0 9000000 1100000 0"), "host-clock",
                 "load host load2: its clock is known to 10.1 ms, which must be 10 ms");
  expect_invalid(of_two(0, ""), "host-clock", "load host load2: its clock was not compared");
  expect_invalid(of_two(0, " 0 0 1000 3"), "host-throttled",
                 "load host load2: its control group was throttled in 3 periods: give it more CPU");
}

TEST(HostParts, AHostWhoseOwnVerdictIsBadIsNamed) {
  std::vector<point> parts = {load::measured(1, 30, 10'000, 10)};
  parts[0].generator.start_late_s = 0;
  parts[0].verdict.invalidate("generator", {everything});
  parts[0].verdict.reasons = {{"generator-paused", "the generator did not run for 2041 ms of the window"}};
  point whole = parts[0];
  add_hosts(parts, {"load7"}, {" 0 0 1000 0"}, whole);
  EXPECT_FALSE(whole.hosts[0].valid);
  EXPECT_EQ(whole.verdict.reasons.back().text, "load host load7: the generator did not run for 2041 ms of the window");
}

// A valid point of one host, with a probe of 500 requests.
point with_probe(point own, const std::string& words) {
  point whole = load::measured(1, 30, 10'000, 10);
  add_probe(own, "load9", words, whole);
  return whole;
}

point of_the_probe() {
  point own = load::measured(2, 1, 500, 100);
  own.generator.start_late_s = 0.0001;
  return own;
}

void expect_invalid_probe(const point& p, const std::string& text) {
  EXPECT_FALSE(p.verdict.valid);
  EXPECT_FALSE(p.probe.value().host.valid);
  EXPECT_EQ(p.verdict.spoilt, std::vector<std::string>{response_times});
  ASSERT_FALSE(p.verdict.reasons.empty());
  EXPECT_EQ(p.verdict.reasons.back(), (reason{"probe", "probe on load9: " + text}));
}

TEST(Probe, TellsItsOwnResponseTimesAndChangesNoOther) {
  const point alone = load::measured(1, 30, 10'000, 10), p = with_probe(of_the_probe(), " 1000000000 200 30000 0");
  EXPECT_TRUE(p.verdict.valid);
  EXPECT_EQ(p.replies, alone.replies);
  EXPECT_EQ(p.latency.response.count(), alone.latency.response.count());
  EXPECT_TRUE(p.hosts.empty());
  const probe_result& probe = p.probe.value();
  EXPECT_TRUE(probe.host.valid);
  EXPECT_EQ(probe.host.name, "load9");
  EXPECT_EQ(probe.host.clock_ahead_s, 1.0);
  EXPECT_EQ(probe.rate, 50);
  EXPECT_EQ(probe.requests.ok, 500u);
  EXPECT_EQ(probe.response.quantile(0.99, samples_beyond), std::nullopt) << "five replies lie beyond it";
  EXPECT_NEAR(static_cast<double>(probe.response.quantile(0.9, samples_beyond).value()), 50e6, 1e6);
}

TEST(Probe, OneThatIsLateHeldBackOrOfAnUnknownClockSpoilsThePoint) {
  point late = of_the_probe();
  late.generator.start_late_s = 0.0101;
  expect_invalid_probe(with_probe(late, " 0 0 1000 0"),
                       "it began 10.1 ms after the others, which must be 10 ms at most");
  expect_invalid_probe(with_probe(of_the_probe(), ""), "its clock was not compared");
  expect_invalid_probe(with_probe(of_the_probe(), " 0 0 1000 3"),
                       "its control group was throttled in 3 periods: give it more CPU");
}

TEST(Probe, OneWhoseRequestsFailSpoilsThePoint) {
  point own = of_the_probe();
  own.verdict.invalidate("errors", {everything});
  own.verdict.reasons = {{"errors", "9 of 500 requests failed"}};
  expect_invalid_probe(with_probe(own, " 0 0 1000 0"), "9 of 500 requests failed");
  own.verdict.limiter = "too-few-samples";
  EXPECT_TRUE(with_probe(own, " 0 0 1000 0").verdict.valid) << "its percentiles are unknown";
}

}  // namespace
}  // namespace tvl::load
