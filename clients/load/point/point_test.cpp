#include "clients/load/point/point.hpp"

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

TEST(PointJson, HasTheKeysOfSchemaOne) {
  const auto j = json(point{});
  EXPECT_EQ(keys(j), (std::set<std::string>{
                         "schema",  "started",    "plan",       "window_s", "interrupted", "requests", "connections",
                         "replies", "throughput", "rate_ratio", "latency",  "targets",     "crowd",    "generator",
                         "server",  "host",       "verdict",    "timeline", "phases",      "recovery", "trace"}));
  EXPECT_EQ(j["schema"], 1);
  EXPECT_EQ(keys(j["plan"]), (std::set<std::string>{"mode",         "connections", "requests_per_connection",
                                                    "rate",         "arrivals",    "idle",
                                                    "seconds",      "requests",    "steps",
                                                    "storm_s",      "late",        "think_s",
                                                    "ramp_s",       "warmup_s",    "timeout_s",
                                                    "seed",         "crowd",       "processes",
                                                    "threads",      "cpus",        "sources",
                                                    "server_cores", "together",    "url",
                                                    "targets"}));
  EXPECT_EQ(keys(j["requests"]),
            (std::set<std::string>{"scheduled", "sent", "ok", "status_errors", "protocol_errors", "timeouts", "resets",
                                   "in_flight_at_end", "unsent", "in_flight_at_start", "unsent_at_start", "bytes_sent",
                                   "bytes_received"}));
  EXPECT_EQ(keys(j["connections"]),
            (std::set<std::string>{"asked", "established", "failed", "opened", "starved", "worst", "jain"}));
  EXPECT_EQ(keys(j["latency"]), (std::set<std::string>{"response", "service", "lag", "pacing", "connect"}));
  EXPECT_EQ(keys(j["generator"]), (std::set<std::string>{"cpu_us_per_request", "cpu_share"}));
  EXPECT_EQ(keys(j["server"]),
            (std::set<std::string>{"cpu_us_per_request", "cpu_share", "switches_per_request", "rss_bytes", "pss_bytes",
                                   "kernel_bytes", "threads", "processes"}));
  EXPECT_EQ(keys(j["verdict"]), (std::set<std::string>{"valid", "limiter", "reasons"}));
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
      if (name == "switches_per_request") continue;
      EXPECT_TRUE(value.is_null()) << name;
    }
  EXPECT_TRUE(j["server"]["switches_per_request"]["voluntary"].is_null());
  EXPECT_TRUE(j["server"]["switches_per_request"]["involuntary"].is_null());
  EXPECT_EQ(j["timeline"], json::array());
  EXPECT_TRUE(j["trace"].is_null());
  EXPECT_EQ(j["plan"]["steps"], json::array());
  EXPECT_TRUE(j["plan"]["storm_s"].is_null());
  EXPECT_TRUE(j["plan"]["late"].is_null());
  EXPECT_EQ(j["phases"], json::array());
  EXPECT_EQ(j["recovery"], json::parse(R"({"response_s": null, "all_served_s": null})"));
  EXPECT_EQ(j["verdict"]["reasons"], json::array());
}

TEST(PointJson, CarriesEveryValueUnderItsOwnName) {
  point p;
  p.asked.url = "http://127.0.0.1:8080/plaintext";
  p.asked.connections = 64;
  p.asked.cpus = {1};
  p.requests = {.scheduled = 101,
                .sent = 102,
                .ok = 103,
                .status_errors = 104,
                .protocol_errors = 105,
                .timeouts = 106,
                .resets = 107,
                .in_flight_at_end = 108,
                .unsent = 109,
                .in_flight_at_start = 110,
                .unsent_at_start = 111,
                .bytes_sent = 112,
                .bytes_received = 113};
  p.connections = {.asked = 64, .established = 63, .failed = 2, .opened = 3, .starved = 1, .worst = 0.5, .jain = 0.75};
  p.window_s = 2.5;
  p.replies = 500;
  p.throughput = 200.0;
  p.latency.lag.record(3'000);
  p.latency.connect.record(4'000, 2);
  p.generator = {.cpu_us_per_request = 4.5, .cpu_share = 0.5};
  p.server = {.cpu_us_per_request = 5.5,
              .cpu_share = 0.25,
              .switches_per_request = {.voluntary = 1.5, .involuntary = 0.125},
              .rss_bytes = 11,
              .pss_bytes = 12,
              .kernel_bytes = 13,
              .threads = 14,
              .processes = 15};
  p.verdict = {.valid = false, .limiter = "errors", .reasons = {{"errors", "2 connects failed"}}};
  p.timeline = {{.t = 1,
                 .ok = 7,
                 .errors = 8,
                 .p50 = 1.5,
                 .p99 = {},
                 .server_cpu = 0.5,
                 .rss = 9,
                 .threads = 10,
                 .descriptors = 11}};
  p.trace = {0.01, {1234.5, std::nullopt, 2.0}};
  p.interrupted = true;

  const auto j = json(p);
  EXPECT_EQ(j["plan"]["mode"], "closed");
  EXPECT_EQ(j["plan"]["connections"], 64);
  EXPECT_EQ(j["plan"]["cpus"], json({1}));
  EXPECT_EQ(j["plan"]["targets"], json::parse(R"([{"path": null, "weight": 1.0, "method": "GET"}])"));
  EXPECT_EQ(j["plan"]["url"], "http://127.0.0.1:8080/plaintext");
  EXPECT_EQ(j["requests"], json::parse(R"({"scheduled": 101, "sent": 102, "ok": 103, "status_errors": 104,
      "protocol_errors": 105, "timeouts": 106, "resets": 107, "in_flight_at_end": 108, "unsent": 109,
      "in_flight_at_start": 110, "unsent_at_start": 111, "bytes_sent": 112, "bytes_received": 113})"));
  EXPECT_EQ(j["connections"], json::parse(R"({"asked": 64, "established": 63, "failed": 2, "opened": 3, "starved": 1,
      "worst": 0.5, "jain": 0.75})"));
  EXPECT_EQ(j["window_s"], 2.5);
  EXPECT_EQ(j["replies"], 500);
  EXPECT_EQ(j["throughput"], 200.0);
  EXPECT_EQ(j["latency"]["response"]["n"], 0);
  EXPECT_EQ(j["latency"]["lag"]["max"], 3.0);
  EXPECT_EQ(j["latency"]["connect"]["n"], 2);
  EXPECT_EQ(j["generator"], json::parse(R"({"cpu_us_per_request": 4.5, "cpu_share": 0.5})"));
  EXPECT_EQ(j["server"], json::parse(R"({"cpu_us_per_request": 5.5, "cpu_share": 0.25, "switches_per_request":
      {"voluntary": 1.5, "involuntary": 0.125}, "rss_bytes": 11, "pss_bytes": 12, "kernel_bytes": 13, "threads": 14,
      "processes": 15})"));
  EXPECT_EQ(j["verdict"], json::parse(R"({"valid": false, "limiter": "errors", "reasons":
      [{"code": "errors", "text": "2 connects failed"}]})"));
  EXPECT_EQ(j["timeline"], json::parse(R"([{"t": 1.0, "ok": 7, "errors": 8, "p50": 1.5, "p99": null,
      "server_cpu": 0.5, "rss": 9, "threads": 10, "descriptors": 11}])"));
  EXPECT_EQ(j["trace"], json::parse(R"({"interval_s": 0.01, "max_us": [1234.5, null, 2.0]})"));
  EXPECT_EQ(j["interrupted"], true);
}

TEST(PointJson, CarriesWhatChangedInTheWindow) {
  point p;
  p.asked.rate = 100;
  p.asked.steps = {{1, 2000}, {2.5, 500}};
  p.asked.storm_s = 3;
  p.asked.late = {4, 50};
  p.asked.processes = 2;
  p.asked.crowd.idle_websockets = 7;
  phase second;
  second.begin_s = 1;
  second.end_s = 2.5;
  second.rate = 2000;
  second.connections = 64;
  second.scheduled = 10;
  second.ok = 7;
  second.errors = 2;
  second.unanswered = 1;
  second.goodput = 4.5;
  second.response.record(3'000);
  p.phases = {phase{}, second};
  p.recovery = {.response_s = 0.7, .all_served_s = 0.25};

  auto j = json(p);
  EXPECT_EQ(j["plan"]["steps"], json::parse(R"([{"at_s": 1.0, "rate": 2000.0}, {"at_s": 2.5, "rate": 500.0}])"));
  EXPECT_EQ(j["plan"]["storm_s"], 3.0);
  EXPECT_EQ(j["plan"]["late"], json::parse(R"({"at_s": 4.0, "connections": 50})"));
  EXPECT_EQ(j["plan"]["processes"], 2);
  EXPECT_EQ(j["plan"]["crowd"], json::parse(R"({"idle": 0, "idle_websockets": 7, "greedy": 0, "slow_senders": 0,
      "slow_readers": 0})"));
  EXPECT_EQ(j["recovery"], json::parse(R"({"response_s": 0.7, "all_served_s": 0.25})"));
  ASSERT_EQ(j["phases"].size(), 2u);
  EXPECT_TRUE(j["phases"][0]["rate"].is_null());
  EXPECT_TRUE(j["phases"][0]["goodput"].is_null());
  EXPECT_EQ(j["phases"][1]["response"]["max"], 3.0);
  j["phases"][1].erase("response");
  EXPECT_EQ(j["phases"][1], json::parse(R"({"begin_s": 1.0, "end_s": 2.5, "rate": 2000.0, "connections": 64,
      "scheduled": 10, "ok": 7, "errors": 2, "unanswered": 1, "goodput": 4.5})"));
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

}  // namespace
}  // namespace tvl::load
