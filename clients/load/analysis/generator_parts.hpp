#pragma once

#include "clients/load/analysis/verdict.hpp"
#include "clients/load/point/point.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <random>

// Points of several generator processes on one server, for tests.

namespace tvl::load {

// Ten seconds of a generator process with `connections` connections; `slow` replies took 50 ms, the rest about 1 ms.
inline point measured(std::uint64_t seed, int connections, std::uint64_t ok, std::uint64_t slow) {
  std::mt19937_64 random(seed);
  std::uniform_int_distribution<std::int64_t> ns(900'000, 1'100'000);
  point p;
  p.asked.url = "http://127.0.0.1:8080/plaintext";
  p.asked.connections = connections;
  p.asked.rate = ok > 0 ? static_cast<double>(ok) / 10 : 1;  // 0 would be a closed loop
  p.asked.seconds = p.window_s = 10;
  p.asked.seed = seed;
  p.asked.cpus = {static_cast<int>(seed)};
  p.requests = {.scheduled = ok + 6,
                .sent = ok + 5,
                .ok = ok,
                .status_errors = 1,
                .protocol_errors = 0,
                .timeouts = 0,
                .resets = 1,
                .in_flight_at_end = 3,
                .unsent = 1,
                .in_flight_at_start = 2,
                .bytes_sent = 100 * ok,
                .bytes_received = 200 * ok};
  p.connections.asked = p.connections.established = static_cast<std::uint64_t>(connections);
  p.replies = ok;
  p.throughput = static_cast<double>(ok) / 10;
  p.rate_ratio = *p.throughput / p.asked.rate;
  p.generator = {.cpu_us_per_request = 2, .cpu_share = 0.2, .paused_s = 0, .start_late_s = 0};
  for (std::uint64_t i = 0; i < ok; ++i) {
    p.latency.response.record(i < slow ? 50'000'000 : ns(random));
    p.latency.service.record(ns(random));
    p.latency.lag.record(ns(random) / 1000);
  }
  p.timeline = {{.t = 10,
                 .ok = ok,
                 .errors = 2,
                 .p50 = 1000.0,
                 .p99 = 1100.0,
                 .max = 1200.0,
                 .sampled_s = {},
                 .server_cpu = {},
                 .rss = {},
                 .threads = {},
                 .descriptors = {}}};
  return p;
}

// That point as JSON; null = without `started`.
inline nlohmann::json part(point p, const char* started = "2026-01-31T12:00:00Z") {
  p.verdict = judge(p);
  nlohmann::json j = p;
  j.erase("started");
  if (started != nullptr) j["started"] = started;
  return j;
}

inline nlohmann::json a() { return part(measured(1, 30, 10'000, 10)); }
inline nlohmann::json b() { return part(measured(2, 10, 2'000, 110)); }

}  // namespace tvl::load
