#include "clients/load/point/point.hpp"

#include "clients/load/base/described.hpp"
#include "clients/load/base/json_text.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <limits>
#include <set>
#include <string>

namespace tvl::load {
namespace {

using nlohmann::json;

std::set<std::string> keys(const json& object) {
  std::set<std::string> names;
  for (const auto& [name, value] : object.items()) names.insert(name);
  return names;
}

TEST(HistogramJson, IsInMicroseconds) {
  histogram h;
  h.record(1'500, 10'000);
  h.record(2'000'000);
  const auto j = json(h);
  EXPECT_EQ(keys(j), (std::set<std::string>{"n", "min", "mean", "p50", "p90", "p95", "p99", "p999", "max", "hdr"}));
  EXPECT_EQ(j["n"], 10'001);
  EXPECT_EQ(j["min"], 1.5);
  EXPECT_EQ(j["p50"], 1.5);
  EXPECT_EQ(j["p99"], 1.5);
  EXPECT_EQ(j["max"], 2000.0);
  EXPECT_NEAR(j["mean"].get<double>(), (10'000 * 1.5 + 2000) / 10'001, 1e-9);
  EXPECT_EQ(histogram::decode(j["hdr"]).count(), 10'001u);
}

TEST(HistogramJson, EmptyIsNullAndNotZero) {
  const auto j = json(histogram());
  EXPECT_EQ(j["n"], 0);
  for (const auto* name : {"min", "mean", "p50", "p90", "p95", "p99", "p999", "max", "hdr"})
    EXPECT_TRUE(j.at(name).is_null()) << name;
}

TEST(HistogramJson, PercentilesNeedSamplesBeyond) {
  histogram h;
  h.record(1'000, 100);
  auto j = json(h);
  EXPECT_FALSE(j["p90"].is_null());  // exactly ten samples beyond
  EXPECT_TRUE(j["p95"].is_null());
  EXPECT_TRUE(j["p99"].is_null());
  EXPECT_TRUE(j["p999"].is_null());
  EXPECT_FALSE(j["max"].is_null());
  h.record(1'000, 900);
  j = json(h);
  EXPECT_FALSE(j["p99"].is_null());
  EXPECT_TRUE(j["p999"].is_null());
  h.record(1'000, 9'000);
  EXPECT_FALSE(json(h)["p999"].is_null());
}

TEST(PointJson, WhatWasNotMeasuredIsNull) {
  const auto j = json(point{});
  EXPECT_TRUE(j["plan"]["rate"].is_null());
  EXPECT_TRUE(j["plan"]["arrivals"].is_null());
  EXPECT_TRUE(j["throughput"].is_null());
  EXPECT_TRUE(j["rate_ratio"].is_null());
  EXPECT_TRUE(j["connections"]["jain"].is_null());
  for (const auto& part : {j["generator"], j["server"]})
    for (const auto& [name, value] : part.items()) {
      for (const auto& each : value.is_object() ? value : json::array({value})) EXPECT_TRUE(each.is_null()) << name;
    }
  EXPECT_EQ(j["timeline"], json::array());
  EXPECT_TRUE(j["trace"].is_null());
  EXPECT_EQ(j["plan"]["steps"], json::array());
  EXPECT_TRUE(j["plan"]["storm_s"].is_null());
  EXPECT_TRUE(j["plan"]["late"].is_null());
  EXPECT_EQ(j["phases"], json::array());
  EXPECT_EQ(j["recovery"], json::parse(R"({"response_s": null, "all_served_s": null})"));
  EXPECT_EQ(j["verdict"]["reasons"], json::array());
}

TEST(PointJson, NamesTheLoadOfAnOpenLoop) {
  point p;
  EXPECT_EQ(json(p)["plan"]["mode"], "closed");
  EXPECT_EQ(json(p)["plan"]["idle"], "automatic");
  p.asked.rate = 1000;
  EXPECT_EQ(json(p)["plan"]["mode"], "open");
  EXPECT_EQ(json(p)["plan"]["rate"], 1000.0);
  EXPECT_EQ(json(p)["plan"]["arrivals"], "poisson");
  p.asked.arrivals = arrivals::constant;
  p.asked.idle = idle_strategy::spin;
  EXPECT_EQ(json(p)["plan"]["arrivals"], "constant");
  EXPECT_EQ(json(p)["plan"]["idle"], "spin");
}

TEST(PointJson, ANumberThatIsNoneIsWrittenAsNull) {
  point p;
  p.throughput = std::numeric_limits<double>::quiet_NaN();
  EXPECT_TRUE(json::parse(json(p).dump())["throughput"].is_null());
}

TEST(PointJson, TakesTextThatIsNotUtf8) {
  point p;
  p.replies = 7;
  p.asked.url = "http://127.0.0.1/caf\xe9";
  p.verdict.reasons.push_back({"errors", "the server says \xff"});
  EXPECT_EQ(json::parse(to_json_text(json(p)))["replies"], 7);
}

TEST(PointJson, OfAnOlderVersionHasNoCongestionControl) {
  json older = point{};
  older["plan"].erase("congestion_control");
  const auto read = older.get<point>();
  EXPECT_EQ(read.asked.congestion_control, "");
  EXPECT_TRUE(json(read)["plan"]["congestion_control"].is_null());
  EXPECT_EQ(json(point{}).get<point>().asked.congestion_control, usual_congestion_control);
}

TEST(WebSocketCounts, AddUpAndTheFirstTextStays) {
  websocket_counts sum{1, std::nullopt, 2};
  add(sum, {3, "'a'", 4});
  add(sum, {5, "'b'", 6});
  EXPECT_EQ(sum.unasked, 9u);
  EXPECT_EQ(sum.first_unasked, "'a'");
  EXPECT_EQ(sum.pings, 12u);
}

}  // namespace
}  // namespace tvl::load
