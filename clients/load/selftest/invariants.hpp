#pragma once
// Test helpers: invariants of every run against the reference server.

#include "clients/load/base/bad_plan.hpp"
#include "clients/load/run/run.hpp"
#include "clients/load/selftest/reference_server.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

namespace tvl::load {

inline plan against(const reference_server& s, std::string_view path) {
  plan p;
  p.url = s.url(path);
  p.connections = 8;
  p.warmup_s = 0;  // so that the point counts every request that the server sees
  p.seconds = 0.3;
  return p;
}

inline std::uint64_t errors(const request_counts& r) {
  return r.status_errors + r.protocol_errors + r.timeouts + r.resets;
}

inline void expect_conserved(const point& p) {
  const auto& r = p.requests;
  EXPECT_EQ(r.scheduled, r.sent + r.unsent);
  EXPECT_EQ(r.sent, r.ok + errors(r) + r.in_flight_at_end);
  EXPECT_EQ(p.replies, r.ok);
  // No request leaves the percentiles.
  const bool paced = p.asked.open_loop() || p.asked.requests_per_connection > 0;
  EXPECT_EQ(p.latency.response.count(), r.scheduled);
  EXPECT_EQ(p.latency.service.count(), paced ? r.sent : r.scheduled);
  EXPECT_EQ(p.latency.lag.count(), r.scheduled);
  std::uint64_t in_rows = 0;
  for (const auto& row : p.timeline) in_rows += row.ok;
  EXPECT_EQ(in_rows, r.ok);
}

// For a run without warm-up whose server outlives it. The point does not count the connection warm-up: one request per
// keep-alive connection, or more where the server closes connections.
inline void expect_seen_by(reference_server& s, const point& p, bool closes = false) {
  s.stop();
  const bool lasting = p.asked.requests_per_connection == 0;
  EXPECT_GE(s.seen().requests, p.requests.sent);
  EXPECT_GE(s.seen().replies, p.requests.ok + p.requests.status_errors);
  EXPECT_LE(s.seen().replies, s.seen().requests);
  if (!closes) {
    EXPECT_LE(s.seen().requests, p.requests.sent + (lasting ? p.connections.asked : 0));
  }
}

inline bool has_reason(const point& p, std::string_view text) {
  return std::ranges::any_of(p.verdict.reasons, [&](const auto& r) { return r.text.find(text) != r.text.npos; });
}

// Calls `then` once the server has sent `replies` replies, or when the thread is stopped.
inline std::jthread after_replies(const reference_server& s, std::uint64_t replies, std::function<void()> then) {
  return std::jthread([&s, replies, then = std::move(then)](const std::stop_token& over) {
    while (s.seen().replies < replies && !over.stop_requested()) std::this_thread::yield();
    then();
  });
}

inline std::string message_of(const plan& p) {
  try {
    run(p);
  } catch (const bad_plan& error) {
    return error.what();
  }
  return "";
}

}  // namespace tvl::load
