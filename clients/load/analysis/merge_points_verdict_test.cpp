#include "clients/load/analysis/generator_parts.hpp"
#include "clients/load/analysis/merge_points.hpp"
#include "clients/load/base/bad_plan.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace tvl::load {
namespace {

using nlohmann::json;

point flawless(std::uint64_t seed, int connections, std::uint64_t ok) {
  auto p = measured(seed, connections, ok, 0);
  p.requests.status_errors = p.requests.resets = p.requests.unsent = 0;
  p.requests.in_flight_at_end = p.requests.in_flight_at_start;
  p.requests.scheduled = p.requests.sent = ok + p.requests.in_flight_at_end;
  return p;
}

std::vector<reason> reasons(const json& merged) { return merged["verdict"]["reasons"]; }

bool says(const json& merged, const std::string& what) {
  const auto all = reasons(merged);
  return std::ranges::any_of(all, [&](const reason& r) { return r.text.find(what) != r.text.npos; });
}

TEST(MergeVerdict, GoodPartsMakeAGoodPoint) {
  const auto m = merge_records({part(flawless(1, 30, 10'000)), part(flawless(2, 10, 2'000))});
  EXPECT_EQ(m["verdict"], json::parse(R"({"valid": true, "limiter": "none", "reasons": [], "spoilt": []})"));
}

TEST(MergeVerdict, ABadPartMakesABadPoint) {
  const auto good = part(flawless(1, 30, 10'000));
  auto bad = flawless(2, 10, 2'000);
  bad.connections.established = 9;
  for (const auto& m : {merge_records({good, part(bad)}), merge_records({part(bad), good})}) {
    EXPECT_EQ(m["verdict"]["valid"], false);
    EXPECT_EQ(m["verdict"]["limiter"], "connections");
    EXPECT_TRUE(says(m, "39 of 40 connections were established"));
  }
}

// One generator is ten milliseconds late, in 2 % of one twentieth of all requests: the sum alone is valid.
TEST(MergeVerdict, APartIsNotWashedWhiteByTheOthers) {
  auto late = flawless(2, 10, 2'000);
  late.latency.pacing.record(10'000'000, 40);
  const auto bad = part(late);
  ASSERT_EQ(bad["verdict"]["limiter"], "generator");
  const auto m = merge_records({part(flawless(1, 30, 40'000)), bad});
  EXPECT_EQ(m["verdict"]["valid"], false);
  EXPECT_EQ(m["verdict"]["limiter"], "generator");
  EXPECT_TRUE(says(m, "point 2: requests left the generator"));
}

// Reasons of older versions were texts.
TEST(MergeVerdict, AnOlderPartKeepsItsReason) {
  auto older = part(flawless(2, 10, 2'000));
  older["verdict"] = {{"valid", false}, {"limiter", "errors"}, {"reasons", {"2 resets"}}};
  const auto m = merge_records({part(flawless(1, 30, 10'000)), older});
  EXPECT_EQ(m["verdict"]["reasons"], json::parse(R"([{"code": "", "text": "point 2: 2 resets"}])"));
}

TEST(MergeVerdict, TooFewSamplesMayBecomeEnough) {
  const auto few = [](std::uint64_t seed) { return part(flawless(seed, 2, 15)); };
  ASSERT_EQ(few(1)["verdict"]["limiter"], "too-few-samples");
  EXPECT_EQ(merge_records({few(1), few(2)})["verdict"]["valid"], true);
}

TEST(MergeVerdict, AnInterruptedPartIsAnInterruptedPoint) {
  auto p = measured(2, 10, 2'000, 0);
  p.interrupted = true;
  const auto m = merge_records({a(), part(p)});
  EXPECT_EQ(m["interrupted"], true);
  EXPECT_EQ(m["verdict"]["valid"], false);
}

TEST(MergeVerdict, InterruptedPartsMayHaveEndedAtDifferentTimes) {
  auto p = measured(2, 10, 2'000, 0);
  p.interrupted = true;
  p.window_s = 3;
  EXPECT_EQ(merge_records({a(), part(p)})["window_s"], 10.0);
}

TEST(MergeVerdict, DoubtsAreSaid) {
  EXPECT_FALSE(says(merge_records({a(), b()}), "same"));
  EXPECT_TRUE(says(merge_records({part(measured(1, 30, 10'000, 10), nullptr), b()}), "measured at the same time"));
  EXPECT_TRUE(says(merge_records({a(), a()}), "point 1 and point 2 have the same seed"));
}
std::string merge_refusal(const std::vector<json>& points) {
  try {
    merge_records(points);
  } catch (const bad_plan& e) {
    return e.what();
  }
  return "merged";
}

json with(json point, const char* at, const json& value) {
  point[json::json_pointer(at)] = value;
  return point;
}

TEST(MergeRefusal, WhatDoesNotBelongTogether) {
  EXPECT_EQ(merge_refusal({}), "cannot merge: no points");
  EXPECT_EQ(merge_refusal({a(), with(b(), "/schema", 2)}), "cannot merge: point 2 is not of schema 1");
  EXPECT_EQ(merge_refusal({a(), with(b(), "/plan/rate", nullptr)}),
            "cannot merge: point 1 and point 2 differ in the plan's mode");
  EXPECT_EQ(merge_refusal({a(), with(b(), "/plan/url", "http://127.0.0.1:8081/plaintext")}),
            "cannot merge: point 1 and point 2 differ in the plan's url");
  EXPECT_EQ(merge_refusal({a(), with(b(), "/plan/targets/0/method", "HEAD")}),
            "cannot merge: point 1 and point 2 differ in the plan's targets");
  EXPECT_EQ(merge_refusal({a(), with(b(), "/plan/arrivals", "constant")}),
            "cannot merge: point 1 and point 2 differ in the plan's arrivals");
}

TEST(MergeRefusal, WindowsOfDifferentLength) {
  EXPECT_EQ(merge_refusal({a(), with(b(), "/window_s", 9.6)}), "merged");
  EXPECT_EQ(merge_refusal({a(), with(b(), "/window_s", 10.5)}), "merged");
  EXPECT_EQ(merge_refusal({a(), with(b(), "/window_s", 9.4)}),
            "cannot merge: the window of point 1 is 10.0 s, that of point 2 9.4 s");
  EXPECT_NE(merge_refusal({a(), with(b(), "/window_s", 10.6)}), "merged");
}

TEST(MergeRefusal, WindowsThatDoNotOverlap) {
  EXPECT_EQ(merge_refusal({a(), with(b(), "/started", "2026-01-31T12:00:01Z")}), "merged");
  EXPECT_EQ(merge_refusal({a(), with(b(), "/started", "2026-01-31T11:59:58Z")}),
            "cannot merge: point 1 and point 2 were measured 2.0 s apart");
  EXPECT_NE(merge_refusal({a(), with(b(), "/started", "2026-02-01T12:00:00Z")}), "merged");
  EXPECT_EQ(merge_refusal({a(), with(b(), "/started", "yesterday")}),
            "cannot merge: 'yesterday' is not a time such as 2025-01-31T12:00:00Z");
}

TEST(MergeRefusal, WhatIsNoPoint) {
  for (const auto& bad : {json(nullptr), json(3), json::object(), json::array(), with(b(), "/requests", nullptr),
                          with(b(), "/requests/ok", "many"), with(b(), "/latency/response", json::object())})
    EXPECT_EQ(merge_refusal({a(), bad}).find("cannot merge: not a point of schema 1"), 0u) << merge_refusal({a(), bad});
  EXPECT_EQ(merge_refusal({a(), with(b(), "/latency/response/n", 1999)}),
            "cannot merge: a histogram says n = 1999 and holds 2000");
  EXPECT_NE(merge_refusal({a(), with(b(), "/latency/response/hdr", "HISTFAAA")}), "merged");
  EXPECT_EQ(merge_refusal({a(), with(b(), "/latency/response/hdr", nullptr)}),
            "cannot merge: a histogram says n = 2000 and holds 0");
}

}  // namespace
}  // namespace tvl::load
