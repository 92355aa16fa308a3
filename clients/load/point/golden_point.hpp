#pragma once
// A point with a value in every member, for tests.

#include "clients/load/point/point.hpp"

namespace tvl::load {

inline plan golden_plan() {
  plan p;
  p.url = "http://127.0.0.1:8080/plaintext";
  p.targets = {{}, {"/block/100", 2, "POST", {"A: b"}, "body", 201, "reply", "re"}};
  p.allow_remote = true;
  p.connections = 64;
  p.sources = {{htonl(INADDR_LOOPBACK)}, {htonl(INADDR_LOOPBACK + 1)}};
  p.crowd = {1, 2, 3, 4, 5, 6, 9, 7.5, 8, "/a", "/b", "/c"};
  p.requests_per_connection = 3;
  p.rate = 1000.5;
  p.arrivals = arrivals::constant;
  p.idle = idle_strategy::sleep;
  p.overload = true;
  p.steps = {{1, 2000}, {2.5, 500}};
  p.storm_s = 3;
  p.late = {4, 50};
  p.think_s = 8;
  p.requests = 9;
  p.ramp_s = 10;
  p.warmup_s = 11;
  p.seconds = 12;
  p.timeout_s = 13;
  p.seed = UINT64_MAX;
  p.trace_s = 0.01;
  p.processes = 15;
  p.threads = 16;
  p.cpus = {17, 18};
  p.congestion_control = "reno";
  p.server_cores = 19;
  p.together = 20;
  return p;
}

inline histogram golden_histogram(std::int64_t first) {
  histogram h;
  for (std::int64_t i = 0; i < 2000; ++i) h.record(first + 1000 * i);
  return h;
}

inline request_counts golden_requests(std::uint64_t first) {
  return {.scheduled = first + 1,
          .sent = first + 2,
          .ok = first + 3,
          .status_errors = first + 4,
          .protocol_errors = first + 5,
          .timeouts = first + 6,
          .resets = first + 7,
          .in_flight_at_end = first + 8,
          .unsent = first + 9,
          .in_flight_at_start = first + 10,
          .unsent_at_start = first + 11,
          .bytes_sent = first + 12,
          .bytes_received = first + 13};
}

inline background_counts golden_background() {
  background_counts c;
  c.idle = background_group_counts{1, 2, 3, 4, 5, 6, 7, 8, 9};
  c.idle_websockets = background_group_counts{11, 12, 13, 14, 15, 16, 17, 18, 19};
  c.idle_websockets->first_error = "upgrade refused: 404 Not Found";
  c.greedy = background_group_counts{21, 22, 23, 24, 25, 26, 27, 28, 29};
  c.slow_readers = background_group_counts{31, 32, 33, 34, 35, 36, 37, 38, 39};
  c.cpu_s = 0.5;
  return c;
}

inline std::vector<phase> golden_phases() {
  phase first, second;
  first.end_s = second.begin_s = 1;
  second.end_s = 2.5;
  second.rate = 2000;
  second.connections = 64;
  second.scheduled = 10;
  second.ok = 7;
  second.errors = 2;
  second.unanswered = 1;
  second.goodput = 4.5;
  second.response = golden_histogram(700);
  return {first, second};
}

inline point golden_point() {
  point p;
  p.asked = golden_plan();
  p.started = "2026-01-31T12:00:00Z";
  p.window_s = 2.5;
  p.requests = golden_requests(100);
  p.connections = {.asked = 64,
                   .established = 63,
                   .failed = 2,
                   .opened = 3,
                   .closed = 4,
                   .starved = 1,
                   .worst = 0.5,
                   .jain = 0.75,
                   .first_error = "upgrade refused: 403 Forbidden"};
  p.websocket = websocket_counts{.unasked = 3, .first_unasked = "'welcome'", .pings = 4};
  p.first_error_text = "status line is 'garbage'";
  p.status_codes = {{"200", 490}, {"404", 8}, {"503", 2}};
  p.replies = 500;
  p.throughput = 200.0;
  p.rate_ratio = 0.995;
  p.latency = {golden_histogram(100), golden_histogram(200), golden_histogram(300), golden_histogram(400), {}};
  p.targets.resize(2);
  for (std::size_t i = 0; i < 2; ++i) {
    p.targets[i].asked = p.asked.targets[i];
    p.targets[i].requests = golden_requests(200 + 100 * i);
    p.targets[i].response = golden_histogram(500);
    p.targets[i].service = golden_histogram(600);
  }
  p.crowd = golden_background();
  p.generator = {.cpu_us_per_request = 4.5, .cpu_share = 0.5, .paused_s = 0.0625, .start_late_s = 0.25};
  p.server.cpu_us_per_request = 5.5;
  p.server.cpu_share = 0.25;
  p.server.switches_per_request.voluntary = 1.5;
  p.server.switches_per_request.involuntary = 0.125;
  p.server.slices_per_request = 1.625;
  p.server.run_queue_us_per_request = 2.5;
  p.server.migrations_per_request = 0.25;
  p.server.faults_per_request = {.minor = 0.5, .major = 0.75};
  p.server.rss_bytes = 11;
  p.server.pss_bytes = 12;
  p.server.kernel_bytes = 13;
  p.server.threads = 14;
  p.server.processes = 15;
  p.host = {.others_cpu_share = 0.0625, .cores = 20, .beside_other_work = true};
  p.verdict = {.valid = false,
               .limiter = "errors",
               .reasons = {{"errors", "2 connects failed"}, {"too-few-samples", "too few"}},
               .spoilt = {response_times, goodput}};
  p.timeline = {{.t = 1,
                 .ok = 7,
                 .errors = 8,
                 .p50 = 1.5,
                 .p99 = {},
                 .max = 2.5,
                 .sampled_s = 0.75,
                 .server_cpu = 0.5,
                 .rss = 9,
                 .threads = 10,
                 .descriptors = 11},
                {}};
  p.timeline_interval_s = 0.125;
  p.phases = golden_phases();
  p.recovery = {.response_s = 0.7, .all_served_s = 0.25};
  p.trace = {0.01, {1234.5, std::nullopt, 2.0}};
  p.interrupted = true;
  p.hosts = {{.name = "load1",
              .connections = 3,
              .replies = 7,
              .rate_ratio = 1.5,
              .cpu_us_per_request = 4.5,
              .cpu_share = 0.5,
              .pacing_p99_us = 10.5,
              .response_p99_us = 20.5,
              .clock_ahead_s = 5.5,
              .clock_drift_s = -0.25,
              .clock_uncertainty_s = 0.125,
              .start_late_s = 0.25,
              .throttled_periods = 2,
              .valid = false}};
  p.probe = probe_result{
      .host = p.hosts.front(), .rate = 50, .requests = golden_requests(600), .response = golden_histogram(700)};
  p.probe->host.name = "load2";
  return p;
}

}  // namespace tvl::load
