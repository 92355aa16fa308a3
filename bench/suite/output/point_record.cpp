#include "bench/suite/output/point_record.hpp"

#include "bench/suite/output/recorded_text.hpp"
#include "clients/load/base/described.hpp"

#include <cmath>
#include <cstdio>

namespace tvl::suite {
namespace {

const load::reason shared_core = {"shared-core", "server and generator share a core"};

// A full pool shows as connections without replies: its ceiling is the limit.
bool has_limit_of_its_own(const std::string& limiter) { return limiter != "none" && limiter != "connections"; }

// The position of the point in its chart.
void place(nlohmann::json& record, const scheduled& s) {
  record["load"] = s.load();
  record["x"] = s.x().json();
  record["series"] = s.series();
  record["facet"] = s.facet();
  record["variables"] = nlohmann::json::object();
  for (const auto& v : s.settings) {
    if (v.part != role::fixed || v.variable == "connections") record["variables"][v.variable] = v.value.json();
  }
}

// The signs of a server that can take no more connections.
bool lost_connections(const load::point& p) {
  return p.connections.failed > 0 || p.connections.established < p.connections.asked || p.requests.resets > 0 ||
         p.requests.protocol_errors > 0;
}

nlohmann::json knee_json(const point_context& c) {
  if (!c.knee) return nullptr;
  const auto* percent = find(c.where.settings, knee_variable);
  return {{"rate", c.knee->rate}, {"slo", c.knee->slo}, {"percent", percent->json()}};
}

nlohmann::json idle_json(const idle_check& found) {
  return {{"busy_share", found.busy_share}, {"waited_s", found.waited_s}};
}

// A point that is measured beside other work says so already.
void judge_host(load::verdict& v, const load::host_cost& host, const idle_check& found) {
  if (!found.busy() || host.beside_other_work) return;
  char text[96];
  std::snprintf(text, sizeof text, "others used %.2f cores right before it, after %.1f s of waiting", *found.busy_share,
                found.waited_s);
  v.invalidate("host-busy", {load::everything});
  v.limiter = "host-busy";
  v.reasons.push_back({"host-busy", text});
}

void tell_unmetered(load::verdict& v, const point_context& c) {
  if (!c.not_metered.empty()) v.reasons.push_back({"not-metered", "the server " + c.not_metered});
}

std::optional<double> seconds(const std::optional<std::int64_t>& nanoseconds) {
  if (!nanoseconds) return std::nullopt;
  return static_cast<double>(*nanoseconds) * 1e-9;
}

}  // namespace

void judge(load::point& p, const workload& w, const point_context& c) {
  if (c.cpus.shared) p.verdict.reasons.push_back(shared_core);
  judge_host(p.verdict, p.host, c.idle);
  tell_unmetered(p.verdict, c);
  if (lost_connections(p) && !c.complaints.empty())
    p.verdict.reasons.push_back({"server-message", "the server says: " + c.complaints});
  for (const auto& top : w.ceilings) {
    const auto rate = ceiling_rate(top, c.at_once);
    if (!p.throughput || !rate) continue;
    const double allowed = *rate;
    // The first replies in the window may belong to earlier requests.
    const int begun_before = top.per == ceiling::unit::server ? c.at_once.connections : *units(top, c.at_once);
    const double replies_allowed = 1.02 * allowed * p.window_s + begun_before;
    if (static_cast<double>(p.replies) > replies_allowed) {
      p.verdict.invalidate("ceiling", {load::everything});
      p.verdict.limiter = "ceiling";
      p.verdict.reasons.push_back({"impossible", "impossible: " + std::to_string(std::llround(*p.throughput)) +
                                                     " replies/s are above the ceiling of " +
                                                     std::to_string(std::llround(allowed)) + " (" + top.label + ")"});
    } else if (p.verdict.valid && !has_limit_of_its_own(p.verdict.limiter) && *p.throughput >= 0.95 * allowed) {
      p.verdict.limiter = "ceiling";
    }
  }
}

void judge_services(load::point& p, const cpu_shares& shares, const cpu_split& cpus,
                    const std::vector<int>& service_cpus) {
  double generator = 0;
  if (service_cpus == cpus.generator) generator = p.generator.cpu_share.value_or(0) * p.asked.threads;
  const auto limit = service_limit(shares, generator, static_cast<double>(service_cpus.size()));
  if (limit.empty()) return;
  p.verdict.reasons.push_back({"services-full", limit});
  const auto& limiter = p.verdict.limiter;
  if (limiter == "none" || limiter == "generator" || limiter == "connections") p.verdict.limiter = "services";
}

namespace {

// A server of this machine whose process was found by its port is attached to, as one whose process was given.
contestant_kind kind_of(const manifest& m, const point_context& c) {
  return m.kind() == contestant_kind::remote && c.metered ? contestant_kind::attach : m.kind();
}

nlohmann::json described(nlohmann::json record, const workload& w, const manifest& m, const point_context& c) {
  record["workload"] = w.name;
  record["contestant"] = m.name;
  record["contestant_kind"] = to_text(kind_of(m, c));
  record["model"] = m.model;
  record["versus"] = m.versus;
  place(record, c.where);
  record["repetition"] = c.where.repetition;
  record["block"] = c.where.block();
  record["position"] = c.where.position;
  record["control"] = c.where.control;
  record["host"]["idle_check"] = idle_json(c.idle);
  record["started"] = c.started;
  record["quick"] = c.quick;
  record["endpoint"] = w.endpoint;
  record["path"] = without_secrets(c.path);
  if (record.contains("plan")) record["plan"] = without_secrets(record.at("plan"));
  record["cpus"] = {{"server", nullptr}, {"generator", c.cpus.generator}};
  if (!c.cpus.server.empty()) record["cpus"]["server"] = c.cpus.server;
  record["ceilings"] = nlohmann::json::array();
  for (const auto& top : w.ceilings) {
    const auto rate = ceiling_rate(top, c.at_once);
    if (rate) record["ceilings"].push_back({{"label", top.label}, {"rate", *rate}});
  }
  record["expected"] = nlohmann::json::array();
  for (const auto& e : w.expected) {
    const auto ms = expected_ms(e, c.where.settings);
    if (ms) record["expected"].push_back({{"label", e.label}, {"ms", *ms}});
  }
  record["knee"] = knee_json(c);
  record["congestion_control"] = nullptr;
  if (c.congestion_control) record["congestion_control"] = *c.congestion_control;
  record["server_counters"] = c.server_counters;
  record["services"] = c.services;
  if (c.profile) record["profile"] = *c.profile;
  return record;
}

}  // namespace

nlohmann::json point_record(const load::point& p, const workload& w, const manifest& m, const point_context& c) {
  return described(p, w, m, c);
}

nlohmann::json point_record(const load::room_result& r, const workload& w, const manifest& m, const point_context& c) {
  auto record = described(room_point(r), w, m, c);
  load::verdict v = record.at("verdict");
  judge_host(v, r.host, c.idle);
  tell_unmetered(v, c);
  if (c.cpus.shared) v.reasons.push_back(shared_core);
  if (r.members.failed + r.members.closed > 0 && !c.complaints.empty())
    v.reasons.push_back({"server-message", "the server says: " + c.complaints});
  record["verdict"] = v;
  return record;
}

nlohmann::json left_out_record(const left_out& missing, const catalogue& known) {
  nlohmann::json record = {{"schema", 1},
                           {"workload", missing.workload},
                           {"contestant", missing.contestant},
                           {"contestant_kind", nullptr},
                           {"model", nullptr},
                           {"versus", nullptr},
                           {"left_out", {{"status", missing.status}, {"reason", missing.reason}}}};
  if (const auto m = known.manifests.find(missing.contestant); m != known.manifests.end()) {
    record["contestant_kind"] = to_text(m->second.kind());
    record["model"] = m->second.model;
    record["versus"] = m->second.versus;
  }
  return record;
}

nlohmann::json limit_record(const scheduled& s, const load::reason& why, const catalogue& known) {
  auto record = left_out_record({s.workload, s.contestant, "limit", why.text}, known);
  record["left_out"]["code"] = why.code;
  place(record, s);
  return record;
}

namespace {

void take_verdict(outcome& o, const load::verdict& v) {
  o.valid = v.valid;
  o.disturbed = !v.valid && (v.limiter == "host-busy" || v.limiter == "generator");
  if (!v.valid) o.label = "not valid: " + (v.reasons.empty() ? v.limiter : v.reasons.front().text);
}

}  // namespace

outcome outcome_of(const load::point& p) {
  outcome o;
  const auto& response = p.targets.empty() ? p.latency.response : p.targets.front().response;
  o.response_time_s = seconds(response.quantile(0.5));
  if (p.server.cpu_us_per_request) o.server_cpu_s = *p.server.cpu_us_per_request * 1e-6;
  o.rate = p.throughput;
  if (!p.targets.empty() && p.window_s > 0) {
    o.rate = static_cast<double>(p.targets.front().requests.ok) / p.window_s;
  }
  if (const auto p99 = seconds(response.quantile(0.99, load::samples_beyond))) o.p99_us = *p99 * 1e6;
  const auto& voluntary = p.server.switches_per_request.voluntary;
  const auto& involuntary = p.server.switches_per_request.involuntary;
  if (voluntary && involuntary) o.switches = *voluntary + *involuntary;
  if (p.server.pss_bytes) o.memory_bytes = static_cast<double>(*p.server.pss_bytes);
  take_verdict(o, p.verdict);
  return o;
}

outcome outcome_of(const load::room_result& r, const nlohmann::json& record) {
  outcome o;
  o.response_time_s = seconds(r.delivery.quantile(0.5));
  if (r.server_cpu_us_per_delivery) o.server_cpu_s = *r.server_cpu_us_per_delivery * 1e-6;
  if (r.window_s > 0) o.rate = static_cast<double>(r.deliveries.received) / r.window_s;
  if (const auto p99 = seconds(r.delivery.quantile(0.99, load::samples_beyond))) o.p99_us = *p99 * 1e6;
  if (r.server.pss_bytes) o.memory_bytes = static_cast<double>(*r.server.pss_bytes);
  take_verdict(o, record.at("verdict"));
  return o;
}

}  // namespace tvl::suite
