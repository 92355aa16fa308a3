#include "clients/load/analysis/merge_points.hpp"

#include "clients/load/analysis/generator_parts.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace tvl::load {
namespace {

using nlohmann::json;

TEST(Merge, OnePointStaysAsItIs) { EXPECT_EQ(merge_records({a()}), a()); }

TEST(Merge, CountsConnectionsAndThroughputAddUp) {
  const auto m = merge_records({a(), b()});
  EXPECT_EQ(m["requests"], json::parse(R"({"scheduled": 12012, "sent": 12010, "ok": 12000, "status_errors": 2,
      "protocol_errors": 0, "timeouts": 0, "resets": 2, "in_flight_at_end": 6, "unsent": 2, "in_flight_at_start": 4, "unsent_at_start": 0,
      "bytes_sent": 1200000, "bytes_received": 2400000})"));
  EXPECT_EQ(m["connections"]["asked"], 40);
  EXPECT_EQ(m["connections"]["established"], 40);
  EXPECT_EQ(m["replies"], 12'000);
  EXPECT_EQ(m["throughput"], 1200.0);
  EXPECT_EQ(m["rate_ratio"], 12000.0 / 12008);  // of those that fell due in the window
  EXPECT_EQ(m["window_s"], 10.0);
  EXPECT_EQ(m["plan"]["connections"], 40);
  EXPECT_EQ(m["plan"]["rate"], 1200.0);
  EXPECT_EQ(m["plan"]["threads"], 2);
  EXPECT_EQ(m["plan"]["cpus"], json({1, 2}));
  EXPECT_EQ(m["plan"]["seconds"], 10.0);
  EXPECT_TRUE(m["plan"]["seed"].is_null());
  EXPECT_EQ(m["schema"], 1);
  EXPECT_EQ(m["interrupted"], false);
}

TEST(Merge, StatusCodesAddUp) {
  auto one = measured(1, 30, 10'000, 10), other = measured(2, 10, 2'000, 110);
  one.status_codes = {{"200", 10'000}, {"404", 1}};
  other.status_codes = {{"200", 2'000}, {"503", 3}};
  EXPECT_EQ(merge_records({part(one), part(other)})["status_codes"],
            json::parse(R"({"200": 12000, "404": 1, "503": 3})"));
  json older = part(other);
  older.erase("status_codes");
  older["connections"].erase("closed");
  const auto m = merge_records({part(one), older});
  EXPECT_TRUE(m["status_codes"].is_null());
  EXPECT_TRUE(m["connections"]["closed"].is_null());
}

TEST(Merge, PercentilesAreThoseOfAllSamples) {
  const auto m = merge_records({a(), b()});
  for (const auto which : {&latencies::response, &latencies::service, &latencies::lag, &latencies::connect}) {
    auto all = measured(1, 30, 10'000, 10);
    (all.latency.*which).merge(measured(2, 10, 2'000, 110).latency.*which);
    const auto expected = json(all.latency.*which);
    const char* name = which == &latencies::response  ? "response"
                       : which == &latencies::service ? "service"
                       : which == &latencies::lag     ? "lag"
                                                      : "connect";
    const auto& got = m["latency"][name];
    for (const char* key : {"n", "min", "p50", "p90", "p99", "p999", "max", "hdr"})
      EXPECT_EQ(got[key], expected[key]) << key;
    if (got["n"] != 0) {
      EXPECT_NEAR(got["mean"].get<double>(), expected["mean"].get<double>(), 1e-6);
    }
  }
  // 120 of 12,000 are slow, so the p99 is fast: the parts have 1 and 50 ms, and no mean of these is right.
  EXPECT_LT(a()["latency"]["response"]["p99"], 1200);
  EXPECT_GT(b()["latency"]["response"]["p99"], 49'000);
  EXPECT_LT(m["latency"]["response"]["p99"], 1200);
}

TEST(Merge, OrderAndGroupingDoNotMatter) {
  const auto c = part(measured(3, 5, 3'000, 0));
  const auto all = merge_records({a(), b(), c}), other = merge_records({c, a(), b()}),
             nested = merge_records({merge_records({a(), b()}), c});
  for (const char* key : {"requests", "connections", "replies", "throughput", "window_s"}) {
    EXPECT_EQ(all[key], other[key]) << key;
    EXPECT_EQ(all[key], nested[key]) << key;
  }
  for (const char* key : {"p50", "p99", "p999", "min", "max", "hdr"}) {
    EXPECT_EQ(all["latency"]["response"][key], other["latency"]["response"][key]) << key;
    EXPECT_EQ(all["latency"]["response"][key], nested["latency"]["response"][key]) << key;
  }
}

double jain(const std::vector<double>& x) {
  double sum = 0, squares = 0;
  for (const double v : x) sum += v, squares += v * v;
  return sum * sum / (static_cast<double>(x.size()) * squares);
}

TEST(Merge, JainFollowsFromTheParts) {
  const auto with = [](std::vector<double> slots) {
    auto p = measured(1, static_cast<int>(slots.size()), 0, 0);
    for (const double replies : slots) p.requests.ok += static_cast<std::uint64_t>(replies);
    p.requests.ok -= p.requests.status_errors;  // both are replies
    if (p.requests.ok > 0) p.connections.jain = jain(slots);
    return part(p);
  };
  EXPECT_NEAR(merge_records({with({5, 6, 7}), with({1, 0, 20, 9})})["connections"]["jain"],
              jain({5, 6, 7, 1, 0, 20, 9}), 1e-12);

  auto silent = measured(1, 2, 0, 0);
  silent.requests.status_errors = 0;
  EXPECT_NEAR(merge_records({with({5, 6, 7}), part(silent)})["connections"]["jain"], jain({5, 6, 7, 0, 0}), 1e-12);
  EXPECT_TRUE(merge_records({part(silent), part(silent)})["connections"]["jain"].is_null());

  EXPECT_TRUE(merge_records({a(), with({5, 6, 7})})["connections"]["jain"].is_null());  // a() does not know its own
}

TEST(Merge, TheWorstConnectionIsThatOfAll) {
  const auto with = [](std::vector<double> slots) {
    auto p = measured(1, static_cast<int>(slots.size()), 0, 0);
    p.requests.status_errors = 0;
    for (const double replies : slots) p.requests.ok += static_cast<std::uint64_t>(replies);
    const auto n = static_cast<double>(slots.size());
    if (p.requests.ok > 0)
      p.connections.worst = *std::ranges::min_element(slots) * n / static_cast<double>(p.requests.ok);
    return part(p);
  };
  const auto worst = [](const std::vector<json>& parts) { return merge_records(parts)["connections"]["worst"]; };
  EXPECT_NEAR(worst({with({5, 6, 7}), with({10, 4, 20, 9})}).get<double>(), 4 * 7 / 61.0, 1e-12);
  EXPECT_NEAR(worst({with({5, 6, 7}), with({100, 100})}).get<double>(), 5 * 5 / 218.0, 1e-12);
  EXPECT_EQ(worst({with({5, 6, 7}), with({0, 0})}), 0.0);
  EXPECT_TRUE(worst({with({0}), with({0, 0})}).is_null());
  EXPECT_TRUE(worst({a(), with({5, 6, 7})}).is_null());  // a() does not know its own
}

TEST(Merge, PopulationsAddUp) {
  const auto with = [](std::uint64_t seed, std::optional<background_group_counts> greedy) {
    auto p = measured(seed, 10, 1000, 0);
    p.asked.crowd.idle = 10;
    p.crowd = background_counts{};
    p.crowd->idle = background_group_counts{.asked = 10, .established = 9, .lost = seed};
    p.crowd->greedy = greedy;
    p.crowd->cpu_s = 0.25;
    return part(p);
  };
  const auto m = merge_records({with(1, background_group_counts{.asked = 1, .replies = 77}), with(2, {}), b()});
  EXPECT_EQ(m["plan"]["crowd"]["idle"], 20);
  const auto& crowd = m["crowd"];
  EXPECT_EQ(crowd["idle"]["asked"], 20);
  EXPECT_EQ(crowd["idle"]["established"], 18);
  EXPECT_EQ(crowd["idle"]["lost"], 3);
  EXPECT_EQ(crowd["greedy"]["replies"], 77);
  EXPECT_TRUE(crowd["slow_readers"].is_null());
  EXPECT_EQ(crowd["cpu_s"], 0.5);
  EXPECT_TRUE(merge_records({a(), b()})["crowd"].is_null());
}

TEST(Merge, PhasesAddUpOneByOne) {
  const auto with = [](std::uint64_t seed, std::optional<double> response_s) {
    auto p = measured(seed, 10, 1000, 0);
    for (const std::uint64_t n : {100u, 900u}) {
      phase one;
      one.begin_s = n == 100 ? 0 : 4;
      one.end_s = n == 100 ? 4 : 10;
      one.rate = static_cast<double>(n) * static_cast<double>(seed);
      one.connections = 10;
      one.scheduled = one.ok = n;
      one.errors = 1;
      one.unanswered = 2;
      one.goodput = 5;
      one.response.record(1'000'000 * static_cast<std::int64_t>(seed), n);
      p.phases.push_back(one);
    }
    p.recovery = {.response_s = response_s, .all_served_s = 0.5 * static_cast<double>(seed)};
    return part(p);
  };
  const auto m = merge_records({with(1, 0.7), with(2, 0.3)});
  ASSERT_EQ(m["phases"].size(), 2u);
  const auto& last = m["phases"][1];
  EXPECT_EQ(last["begin_s"], 4.0);
  EXPECT_EQ(last["end_s"], 10.0);
  EXPECT_EQ(last["rate"], 2700.0);
  EXPECT_EQ(last["connections"], 20);
  EXPECT_EQ(last["ok"], 1800);
  EXPECT_EQ(last["errors"], 2);
  EXPECT_EQ(last["unanswered"], 4);
  EXPECT_EQ(last["goodput"], 10.0);
  EXPECT_EQ(last["response"]["n"], 1800);
  EXPECT_EQ(last["response"]["max"], 2000.0);
  EXPECT_EQ(m["recovery"]["response_s"], 0.7);
  EXPECT_EQ(m["recovery"]["all_served_s"], 1.0);
  EXPECT_TRUE(merge_records({with(1, 0.7), with(2, {})})["recovery"]["response_s"].is_null())
      << "one has not recovered";
  EXPECT_EQ(merge_records({with(1, 0.7), b()})["phases"], json::array()) << "not the same changes";
}

TEST(Merge, APointReadBackIsTheSame) {
  auto p = measured(1, 30, 10'000, 10);
  p.verdict = judge(p);
  p.connections.worst = 0.5;
  const auto before = json(p);
  auto read = before.get<point>();
  read.asked = p.asked;
  auto after = json(read);
  for (const char* which : {"response", "service", "lag"}) {  // a mean goes through its sum
    EXPECT_NEAR(after["latency"][which]["mean"].get<double>(), before["latency"][which]["mean"].get<double>(), 1e-6);
    after["latency"][which]["mean"] = before["latency"][which]["mean"];
  }
  EXPECT_EQ(after, before);
}

TEST(Merge, TheGeneratorIsAsBusyAsItsBusiestPart) {
  auto busy = measured(2, 10, 30'000, 0);
  busy.generator = {.cpu_us_per_request = 6, .cpu_share = 0.7, .paused_s = 0.25, .start_late_s = 0.5};
  const auto m = merge_records({a(), part(busy)});
  EXPECT_EQ(m["generator"]["cpu_share"], 0.7);
  EXPECT_EQ(m["generator"]["paused_s"], 0.25);
  EXPECT_EQ(m["generator"]["start_late_s"], 0.5);
  EXPECT_NEAR(m["generator"]["cpu_us_per_request"], (10'000 * 2 + 30'000 * 6) / 40'000.0, 1e-12);
  busy.generator.cpu_us_per_request.reset();
  EXPECT_TRUE(merge_records({a(), part(busy)})["generator"]["cpu_us_per_request"].is_null());
}

point metered(std::uint64_t seed, std::uint64_t ok, double cpu_share) {
  auto p = measured(seed, 10, ok, 0);
  p.server.cpu_share = cpu_share;
  p.server.cpu_us_per_request = cpu_share * 1e7 / static_cast<double>(ok);
  p.server.switches_per_request.voluntary = 12'000 / static_cast<double>(ok);
  p.server.pss_bytes = 7'000'000;
  return p;
}

TEST(Merge, TheServersCostIsPerRequestOfAllGenerators) {
  const std::vector<std::vector<json>> ways = {{part(metered(1, 10'000, 0.3)), b()},
                                               {b(), part(metered(1, 10'000, 0.3))},
                                               {part(metered(1, 10'000, 0.3)), part(metered(2, 2'000, 0.3))}};
  for (const auto& parts : ways) {
    const auto s = merge_records(parts)["server"];
    EXPECT_EQ(s["cpu_share"], 0.3);
    EXPECT_NEAR(s["cpu_us_per_request"], 0.3 * 1e7 / 12'000, 1e-9);
    EXPECT_NEAR(s["switches_per_request"]["voluntary"], 1, 1e-12);
    EXPECT_TRUE(s["switches_per_request"]["involuntary"].is_null());
    EXPECT_EQ(s["pss_bytes"], 7'000'000);
  }
}

TEST(Merge, TheServersCostIsNullWhereNobodyOrNotEverybodyAgrees) {
  for (const auto& parts :
       {std::vector{a(), b()}, std::vector{part(metered(1, 10'000, 0.3)), part(metered(2, 2'000, 0.5))}}) {
    const auto s = merge_records(parts)["server"];
    EXPECT_TRUE(s["cpu_share"].is_null());
    EXPECT_TRUE(s["cpu_us_per_request"].is_null());
    EXPECT_TRUE(s["switches_per_request"]["voluntary"].is_null());
    EXPECT_TRUE(s["pss_bytes"].is_null());
  }
}

TEST(Merge, HostsAreListedAndTheProbeIsTheOnlyOne) {
  point one = measured(1, 30, 10'000, 10), other = measured(2, 10, 2'000, 110);
  one.hosts.resize(1);
  one.hosts[0].name = "load1";
  other.hosts.resize(1);
  other.hosts[0].name = "load2";
  other.probe.emplace().host.name = "load3";
  const auto m = merge({one, other});
  ASSERT_EQ(m.hosts.size(), 2u);
  EXPECT_EQ(m.hosts[1].name, "load2");
  EXPECT_EQ(m.probe.value().host.name, "load3");
  EXPECT_EQ(m.replies, 12'000u);
  EXPECT_FALSE(merge({other, one, other}).probe) << "two are not one";
}

TEST(Merge, TracesDoNotAddUp) {
  auto p = measured(1, 30, 10'000, 10);
  p.trace = {0.01, {5.0}};
  EXPECT_EQ(merge_records({part(p)})["trace"], part(p)["trace"]);
  EXPECT_TRUE(merge_records({part(p), b()})["trace"].is_null());
}

TEST(Merge, TheTimelineAddsUpWithoutPercentiles) {
  const auto rows = merge_records({a(), b()})["timeline"];
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0], json::parse(R"({"t": 10.0, "ok": 12000, "errors": 4, "p50": null, "p99": null, "max": 1200.0,
      "sampled_s": null, "server_cpu": null, "rss": null, "threads": null, "descriptors": null})"));
  auto shorter = b();
  shorter["timeline"].clear();
  EXPECT_EQ(merge_records({a(), shorter})["timeline"], json::array());
  auto finer = b();
  finer["timeline_interval_s"] = 0.1;
  EXPECT_EQ(merge_records({a(), finer})["timeline"], json::array());
}

TEST(Merge, TargetsAreMergedOneByOne) {
  const auto with = [](std::uint64_t seed, std::uint64_t fast, std::uint64_t slow) {
    auto p = measured(seed, 10, fast + slow, 0);
    p.targets.resize(2);
    p.targets[0].asked.path = "/plaintext";
    p.targets[0].requests.sent = p.targets[0].requests.ok = fast;
    p.targets[0].response.record(1'000'000, fast);
    p.targets[1].asked.path = "/block/100";
    p.targets[1].requests.sent = p.targets[1].requests.ok = slow;
    p.targets[1].response.record(100'000'000, slow);
    return part(p);
  };
  const auto targets = merge_records({with(1, 990, 10), with(2, 90, 910)})["targets"];
  ASSERT_EQ(targets.size(), 2u);
  EXPECT_EQ(targets[0]["path"], "/plaintext");
  EXPECT_EQ(targets[0]["requests"]["ok"], 1080);
  EXPECT_EQ(targets[0]["latency"]["response"]["max"], 1000);
  EXPECT_EQ(targets[1]["requests"]["ok"], 920);
  EXPECT_EQ(targets[1]["latency"]["response"]["n"], 920);
  EXPECT_EQ(targets[1]["latency"]["response"]["p50"], 100'000);
}

TEST(Merge, OtherKeysStayWhenTheyAreTheSame) {
  auto left = a(), right = b();
  left["workload"] = right["workload"] = "connections";
  left["position"] = 1, right["position"] = 2;
  const auto m = merge_records({left, right});
  EXPECT_EQ(m["workload"], "connections");
  EXPECT_FALSE(m.contains("position"));
}

TEST(Merge, WhatOlderVersionsDoNotRecordStaysUnknown) {
  auto left = a(), right = b();
  for (auto* older : {&left, &right})
    for (const char* key : {"congestion_control", "together", "processes"}) (*older)["plan"].erase(key);
  const auto plan = merge_records({left, right})["plan"];
  for (const char* key : {"congestion_control", "together", "processes"}) EXPECT_TRUE(plan[key].is_null()) << key;
  EXPECT_EQ(plan["connections"], 40);
  EXPECT_EQ(merge_records({a(), b()})["plan"]["congestion_control"], a()["plan"]["congestion_control"]);
}

}  // namespace
}  // namespace tvl::load
