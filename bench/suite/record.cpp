#include "bench/suite/record.hpp"

#include <cmath>
#include <ctime>

namespace tvl::suite {
namespace {

nlohmann::json or_null(const std::optional<std::string>& text) {
  return text ? nlohmann::json(*text) : nlohmann::json();
}

std::optional<double> seconds(const std::optional<std::int64_t>& nanoseconds) {
  if (!nanoseconds) return std::nullopt;
  return static_cast<double>(*nanoseconds) * 1e-9;
}

}  // namespace

void judge(load::point& p, const workload& w, const circumstances& c) {
  if (c.cpus.shared) p.verdict.reasons.emplace_back("server and generator share a core");
  for (const auto& top : w.ceilings) {
    if (!p.throughput) break;
    const double allowed = ceiling_rate(top, c.where.connections);
    // Each connection's first reply in the window may belong to a request sent before it.
    const double replies_allowed = 1.02 * allowed * p.window_s + c.where.connections;
    if (static_cast<double>(p.replies) > replies_allowed) {
      p.verdict.valid = false;
      p.verdict.limiter = "ceiling";
      p.verdict.reasons.push_back("impossible: " + std::to_string(std::llround(*p.throughput)) +
                                  " replies/s are above the ceiling of " + std::to_string(std::llround(allowed)) +
                                  " (" + top.label + ")");
    } else if (p.verdict.limiter == "none" && *p.throughput >= 0.95 * allowed) {
      p.verdict.limiter = "ceiling";
    }
  }
}

nlohmann::json point_record(const load::point& p, const workload& w, const manifest& m, const circumstances& c) {
  auto record = to_json(p);
  record["workload"] = w.name;
  record["question"] = w.question;
  record["chart"] = {{"panels", w.panels}, {"caption", w.caption}};
  record["contestant"] = m.name;
  record["title"] = m.title;
  record["model"] = m.model;
  record["versus"] = or_null(m.versus);
  record["load"] = std::to_string(c.where.connections);
  record["x"] = c.where.connections;
  record["repetition"] = c.where.repetition;
  record["block"] = c.where.block();
  record["position"] = c.where.position;
  record["started"] = c.started;
  record["quick"] = c.quick;
  record["endpoint"] = w.endpoint;
  record["path"] = c.path;
  record["cpus"] = {{"server", c.cpus.server}, {"generator", c.cpus.generator}};
  record["ceilings"] = nlohmann::json::array();
  for (const auto& top : w.ceilings) {
    record["ceilings"].push_back({{"label", top.label}, {"rate", ceiling_rate(top, c.where.connections)}});
  }
  record["server_counters"] = c.server_counters;
  return record;
}

nlohmann::json left_out_record(const left_out& missing, const catalogue& known) {
  nlohmann::json record = {{"schema", 1},
                           {"workload", missing.workload},
                           {"contestant", missing.contestant},
                           {"title", nullptr},
                           {"model", nullptr},
                           {"versus", nullptr},
                           {"left_out", {{"status", missing.status}, {"reason", missing.reason}}}};
  if (const auto m = known.manifests.find(missing.contestant); m != known.manifests.end()) {
    record["title"] = m->second.title;
    record["model"] = m->second.model;
    record["versus"] = or_null(m->second.versus);
  }
  return record;
}

outcome outcome_of(const load::point& p) {
  outcome o;
  o.response_time_s = seconds(p.latency.response.quantile(0.5));
  if (p.server.cpu_us_per_request) o.server_cpu_s = *p.server.cpu_us_per_request * 1e-6;
  o.rate = p.throughput;
  if (const auto p99 = seconds(p.latency.response.quantile(0.99, load::samples_beyond))) o.p99_us = *p99 * 1e6;
  const auto& voluntary = p.server.voluntary_switches_per_request;
  const auto& involuntary = p.server.involuntary_switches_per_request;
  if (voluntary && involuntary) o.switches = *voluntary + *involuntary;
  if (p.server.pss_bytes) o.memory_bytes = static_cast<double>(*p.server.pss_bytes);
  if (!p.verdict.valid) {
    o.label = "not valid: " + (p.verdict.reasons.empty() ? p.verdict.limiter : p.verdict.reasons.front());
  }
  return o;
}

std::string utc_now() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  gmtime_r(&now, &parts);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text;
}

}  // namespace tvl::suite
