#include "clients/load/search/slo.hpp"

#include "clients/load/base/bad_plan.hpp"

#include <gtest/gtest.h>

namespace tvl::load {
namespace {

TEST(ParseSlo, ReadsPercentilesAndUnits) {
  const auto s = parse_slo("p99=10ms,p50=200us,p999=1s,p05=0.5ms,p9999=1e2ms");
  ASSERT_EQ(s.size(), 5u);
  EXPECT_EQ(s[0].percentile, "p99");
  const double quantiles[] = {0.99, 0.5, 0.999, 0.05, 0.9999}, limits[] = {10'000, 200, 1'000'000, 500, 100'000};
  for (std::size_t i = 0; i < s.size(); ++i) {
    EXPECT_DOUBLE_EQ(s[i].quantile, quantiles[i]);
    EXPECT_DOUBLE_EQ(s[i].limit_us, limits[i]);
  }
}

std::string slo_refusal(const std::string& text) {
  try {
    parse_slo(text);
  } catch (const bad_plan& e) {
    return e.what();
  }
  return "accepted";
}

TEST(ParseSlo, RefusesTheRest) {
  for (const char* text : {"", ",", "p99", "p99=10ms,", "p99 10ms"})
    EXPECT_NE(slo_refusal(text).find("is not of the form p99=10ms"), std::string::npos) << text;
  for (const char* text : {"=10ms", "99=10ms", "p=10ms", "p9=10ms", "p00=10ms", "p100=10ms", "p990=1ms", "p99.9=10ms",
                           "p-9=10ms", "p9999999=1s", "P99=10ms", " p99=10ms"})
    EXPECT_NE(slo_refusal(text).find("is not a percentile such as p50, p99 or p999"), std::string::npos) << text;
  for (const char* text : {"p99=", "p99=10", "p99=ms", "p99=10 ms", "p99=0ms", "p99=-1ms", "p99=infs", "p99=nans",
                           "p99=10msx", "p99=1e999s"})
    EXPECT_NE(slo_refusal(text).find("is not a duration such as 200us, 10ms or 1s"), std::string::npos) << text;
  EXPECT_EQ(slo_refusal("p99=1ms,p99=2ms"), "p99 is given twice in 'p99=1ms,p99=2ms'");
}

// 990 replies in 1 ms and 10 in 20 ms.
point measured() {
  point p;
  p.latency.response.record(1'000'000, 990);
  p.latency.response.record(20'000'000, 10);
  p.requests.ok = 1000;
  return p;
}

std::vector<std::string> shortfalls(const std::string& text, const point& p) {
  const auto result = judge(parse_slo(text), p);
  EXPECT_EQ(result.met, result.reasons.empty());
  return result.reasons;
}

TEST(JudgeSlo, ComparesEachPercentileWithItsLimit) {
  EXPECT_TRUE(shortfalls("p50=2ms,p99=2ms", measured()).empty());
  EXPECT_TRUE(shortfalls("p99=1001us", measured()).empty());
  const auto reasons = shortfalls("p50=2ms,p99=999us", measured());
  ASSERT_EQ(reasons.size(), 1u);
  EXPECT_EQ(reasons[0], "p99 is 1000 us, the limit is 999 us");
  EXPECT_EQ(shortfalls("p50=1us,p99=1us", measured()).size(), 2u);
}

TEST(JudgeSlo, TooFewSamplesAreNotMet) {
  const auto reasons = shortfalls("p999=1s", measured());
  ASSERT_EQ(reasons.size(), 1u);
  EXPECT_EQ(reasons[0], "1000 requests are too few for a p999");
  EXPECT_EQ(shortfalls("p50=1s", point{}), (std::vector<std::string>{"0 requests are too few for a p50"}));
}

TEST(JudgeSlo, FailedAndUnsentRequestsAreSlowerThanAll) {
  for (const auto field : {&request_counts::status_errors, &request_counts::protocol_errors, &request_counts::timeouts,
                           &request_counts::resets, &request_counts::unsent}) {
    auto p = measured();
    p.requests.*field = 1;  // 11 of 1001 beyond: the p99 is one of the slow replies
    EXPECT_EQ(shortfalls("p99=10ms", p).size(), 1u);
    EXPECT_TRUE(shortfalls("p99=21ms", p).empty());
    p.requests.*field = 20;
    EXPECT_EQ(
        shortfalls("p99=1s", p),
        (std::vector<std::string>{"p99 falls on a failed or unsent request (20 of 1020), the limit is 1000000 us"}));
    EXPECT_TRUE(shortfalls("p50=2ms", p).empty());
  }
  auto p = measured();
  p.requests.in_flight_at_end = 1000;
  EXPECT_TRUE(shortfalls("p99=2ms", p).empty());
}

TEST(JudgeSlo, AStarvedConnectionFailsAClosedLoop) {
  auto p = measured();
  p.connections.asked = 64;
  p.connections.starved = 7;
  EXPECT_EQ(shortfalls("p99=2ms", p), (std::vector<std::string>{"7 of 64 connections got no reply at all"}));
  p.asked.rate = 10;  // too few requests to reach every connection
  EXPECT_TRUE(shortfalls("p99=2ms", p).empty());
}

}  // namespace
}  // namespace tvl::load
