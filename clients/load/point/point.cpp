#include "clients/load/point/point.hpp"

#include <nlohmann/json.hpp>

namespace tvl::load {

namespace {

using nlohmann::json;

template <class T>
json or_null(const std::optional<T>& value) {
  return value ? json(*value) : json(nullptr);
}

template <class T>
json microseconds(const std::optional<T>& nanoseconds) {
  return nanoseconds ? json(static_cast<double>(*nanoseconds) / 1000) : json(nullptr);
}

const char* name(arrivals a) { return a == arrivals::poisson ? "poisson" : "constant"; }

const char* name(idle_strategy s) {
  switch (s) {
    case idle_strategy::spin:
      return "spin";
    case idle_strategy::sleep:
      return "sleep";
    case idle_strategy::automatic:
      break;
  }
  return "automatic";
}

// A closed loop has no rate, hence no arrivals either.
json targets_json(const plan& p) {
  auto targets = json::array();
  for (const auto& t : p.targets)
    targets.push_back(
        {{"path", t.path.empty() ? json(nullptr) : json(t.path)}, {"weight", t.weight}, {"method", t.method}});
  return targets;
}

json steps_json(const plan& p) {
  auto steps = json::array();
  for (const auto& s : p.steps) steps.push_back({{"at_s", s.at_s}, {"rate", s.rate}});
  return steps;
}

json crowd_plan_json(const background_plan& c) {
  return {{"idle", c.idle},
          {"idle_websockets", c.idle_websockets},
          {"greedy", c.greedy},
          {"slow_senders", c.slow_senders},
          {"slow_readers", c.slow_readers}};
}

json plan_json(const plan& p) {
  return {{"mode", p.open_loop() ? "open" : "closed"},
          {"connections", p.connections},
          {"requests_per_connection", p.requests_per_connection},
          {"rate", p.open_loop() ? json(p.rate) : json(nullptr)},
          {"arrivals", p.open_loop() ? json(name(p.arrivals)) : json(nullptr)},
          {"idle", name(p.idle)},
          {"seconds", p.seconds},
          {"requests", p.requests > 0 ? json(p.requests) : json(nullptr)},
          {"steps", steps_json(p)},
          {"storm_s", or_null(p.storm_s)},
          {"late", p.late ? json{{"at_s", p.late->at_s}, {"connections", p.late->connections}} : json(nullptr)},
          {"think_s", p.think_s},
          {"ramp_s", p.ramp_s},
          {"warmup_s", p.warmup_s},
          {"timeout_s", p.timeout_s},
          {"seed", p.seed},
          {"crowd", crowd_plan_json(p.crowd)},
          {"processes", p.processes},
          {"threads", p.threads},
          {"cpus", p.cpus},
          {"sources", p.sources.size()},
          {"server_cores", p.server_cores},
          {"together", p.together},
          {"url", p.url},
          {"targets", targets_json(p)}};
}

json requests_json(const request_counts& r) {
  return {{"scheduled", r.scheduled},
          {"sent", r.sent},
          {"ok", r.ok},
          {"status_errors", r.status_errors},
          {"protocol_errors", r.protocol_errors},
          {"timeouts", r.timeouts},
          {"resets", r.resets},
          {"in_flight_at_end", r.in_flight_at_end},
          {"unsent", r.unsent},
          {"in_flight_at_start", r.in_flight_at_start},
          {"unsent_at_start", r.unsent_at_start},
          {"bytes_sent", r.bytes_sent},
          {"bytes_received", r.bytes_received}};
}

json connections_json(const connection_counts& c) {
  return {{"asked", c.asked},     {"established", c.established}, {"failed", c.failed},     {"opened", c.opened},
          {"starved", c.starved}, {"worst", or_null(c.worst)},    {"jain", or_null(c.jain)}};
}

json latency_json(const latencies& l) {
  return {{"response", to_json(l.response)},
          {"service", to_json(l.service)},
          {"lag", to_json(l.lag)},
          {"pacing", to_json(l.pacing)},
          {"connect", to_json(l.connect)}};
}

// Of a target: what is counted for it alone.
json target_json(const target_result& t) {
  const auto& r = t.requests;
  return {{"path", t.asked.path},
          {"weight", t.asked.weight},
          {"requests",
           {{"sent", r.sent},
            {"ok", r.ok},
            {"status_errors", r.status_errors},
            {"protocol_errors", r.protocol_errors},
            {"timeouts", r.timeouts},
            {"resets", r.resets},
            {"in_flight_at_end", r.in_flight_at_end}}},
          {"latency", {{"response", to_json(t.response)}, {"service", to_json(t.service)}}}};
}

json server_json(const server_cost& s) {
  return {{"cpu_us_per_request", or_null(s.cpu_us_per_request)},
          {"cpu_share", or_null(s.cpu_share)},
          {"switches_per_request",
           {{"voluntary", or_null(s.voluntary_switches_per_request)},
            {"involuntary", or_null(s.involuntary_switches_per_request)}}},
          {"rss_bytes", or_null(s.rss_bytes)},
          {"pss_bytes", or_null(s.pss_bytes)},
          {"kernel_bytes", or_null(s.kernel_bytes)},
          {"threads", or_null(s.threads)},
          {"processes", or_null(s.processes)}};
}

json timeline_json(const std::vector<second>& rows) {
  auto timeline = json::array();
  for (const auto& row : rows)
    timeline.push_back({{"t", row.t},
                        {"ok", row.ok},
                        {"errors", row.errors},
                        {"p50", or_null(row.p50)},
                        {"p99", or_null(row.p99)},
                        {"server_cpu", or_null(row.server_cpu)},
                        {"rss", or_null(row.rss)},
                        {"threads", or_null(row.threads)},
                        {"descriptors", or_null(row.descriptors)}});
  return timeline;
}

json phases_json(const std::vector<phase>& all) {
  auto phases = json::array();
  for (const auto& p : all)
    phases.push_back({{"begin_s", p.begin_s},
                      {"end_s", p.end_s},
                      {"rate", or_null(p.rate)},
                      {"connections", p.connections},
                      {"scheduled", p.scheduled},
                      {"ok", p.ok},
                      {"errors", p.errors},
                      {"unanswered", p.unanswered},
                      {"goodput", or_null(p.goodput)},
                      {"response", to_json(p.response)}});
  return phases;
}

json trace_json(const trace_result& t) {
  auto values = json::array();
  for (const auto& value : t.max_us) values.push_back(or_null(value));
  return {{"interval_s", t.interval_s}, {"max_us", values}};
}

}  // namespace

json to_json(const histogram& h) {
  return {{"n", h.count()},
          {"min", microseconds(h.min())},
          {"mean", microseconds(h.mean())},
          {"p50", microseconds(h.quantile(0.5, samples_beyond))},
          {"p90", microseconds(h.quantile(0.9, samples_beyond))},
          {"p95", microseconds(h.quantile(0.95, samples_beyond))},
          {"p99", microseconds(h.quantile(0.99, samples_beyond))},
          {"p999", microseconds(h.quantile(0.999, samples_beyond))},
          {"max", microseconds(h.max())},
          {"hdr", h.count() > 0 ? json(h.encode()) : json(nullptr)}};
}

json to_json(const point& p) {
  auto targets = json::array();
  for (const auto& t : p.targets) targets.push_back(target_json(t));
  return {{"schema", 1},
          {"started", p.started},
          {"plan", plan_json(p.asked)},
          {"window_s", p.window_s},
          {"interrupted", p.interrupted},
          {"requests", requests_json(p.requests)},
          {"connections", connections_json(p.connections)},
          {"replies", p.replies},
          {"throughput", or_null(p.throughput)},
          {"rate_ratio", or_null(p.rate_ratio)},
          {"latency", latency_json(p.latency)},
          {"targets", targets},
          {"crowd", p.crowd ? to_json(*p.crowd) : json(nullptr)},
          {"generator",
           {{"cpu_us_per_request", or_null(p.generator.cpu_us_per_request)},
            {"cpu_share", or_null(p.generator.cpu_share)}}},
          {"server", server_json(p.server)},
          {"host", {{"others_cpu_share", or_null(p.host.others_share)}}},
          {"verdict", {{"valid", p.verdict.valid}, {"limiter", p.verdict.limiter}, {"reasons", p.verdict.reasons}}},
          {"timeline", timeline_json(p.timeline)},
          {"phases", phases_json(p.phases)},
          {"recovery",
           {{"response_s", or_null(p.recovery.response_s)}, {"all_served_s", or_null(p.recovery.all_served_s)}}},
          {"trace", p.trace ? trace_json(*p.trace) : json(nullptr)}};
}

}  // namespace tvl::load
