#pragma once
// For tests only: points without a flaw, to which a test adds one.

#include "clients/load/analysis/verdict.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace tvl::load {

// A valid point: 64 connections, 64,000 replies of 10 ms in ten seconds.
inline point closed_loop() {
  point p;
  p.asked.connections = 64;
  p.window_s = 10;
  p.connections.asked = p.connections.established = 64;
  p.requests.scheduled = p.requests.sent = 64'064;
  p.requests.ok = p.replies = 64'000;
  p.requests.in_flight_at_end = 64;
  p.throughput = 6400;
  p.latency.response.record(10'000'000, 64'000);
  p.latency.service = p.latency.response;
  p.latency.lag.record(0, 64'000);
  p.latency.pacing.record(0, 64'000);
  p.generator.cpu_share = 0.3;
  p.server.cpu_share = 0.5;
  return p;
}

inline point open_loop() {
  point p = closed_loop();
  p.asked.rate = 6400;
  p.rate_ratio = 1.0;
  return p;
}

inline void expect_verdict(const point& p, bool valid, const std::string& limiter,
                           const std::vector<std::string>& reasons) {
  const auto v = judge(p);
  EXPECT_EQ(v.valid, valid);
  EXPECT_EQ(v.limiter, limiter);
  std::vector<std::string> texts;
  for (const auto& r : v.reasons) {
    texts.push_back(r.text);
    EXPECT_NE(r.code, "") << r.text;
  }
  EXPECT_EQ(texts, reasons);
}

inline void expect_flawless(const point& p) { expect_verdict(p, true, "none", {}); }

}  // namespace tvl::load
