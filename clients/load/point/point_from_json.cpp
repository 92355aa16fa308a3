#include "clients/load/point/point.hpp"

#include <nlohmann/json.hpp>

#include <cmath>
#include <stdexcept>

namespace tvl::load {
namespace {

using nlohmann::json;

template <class T>
void read(const json& from, T& into) {
  from.get_to(into);
}
template <class T>
void read(const json& from, std::optional<T>& into) {
  into = from.is_null() ? std::nullopt : std::optional(from.get<T>());
}
// Points of older versions lack it.
template <class T>
void read_if_there(const json& from, const char* key, T& into) {
  if (from.contains(key)) read(from.at(key), into);
}

std::int64_t nanoseconds(const json& microseconds) { return std::llround(microseconds.get<double>() * 1000); }

request_counts read_requests(const json& j) {
  request_counts r;
  read(j.at("scheduled"), r.scheduled);
  read(j.at("sent"), r.sent);
  read(j.at("ok"), r.ok);
  read(j.at("status_errors"), r.status_errors);
  read(j.at("protocol_errors"), r.protocol_errors);
  read(j.at("timeouts"), r.timeouts);
  read(j.at("resets"), r.resets);
  read(j.at("in_flight_at_end"), r.in_flight_at_end);
  read(j.at("unsent"), r.unsent);
  read(j.at("in_flight_at_start"), r.in_flight_at_start);
  read_if_there(j, "unsent_at_start", r.unsent_at_start);
  read(j.at("bytes_sent"), r.bytes_sent);
  read(j.at("bytes_received"), r.bytes_received);
  return r;
}

connection_counts read_connections(const json& j) {
  connection_counts c;
  read(j.at("asked"), c.asked);
  read(j.at("established"), c.established);
  read(j.at("failed"), c.failed);
  read(j.at("opened"), c.opened);
  read(j.at("starved"), c.starved);
  read_if_there(j, "worst", c.worst);
  read(j.at("jain"), c.jain);
  return c;
}

latencies read_latencies(const json& j) {
  latencies l;
  l.response = histogram_from_json(j.at("response"));
  l.service = histogram_from_json(j.at("service"));
  l.lag = histogram_from_json(j.at("lag"));
  l.pacing = histogram_from_json(j.at("pacing"));
  l.connect = histogram_from_json(j.at("connect"));
  return l;
}

// What is counted of a target; which it is, the plan says.
target_result read_target(const json& j) {
  target_result t;
  const json& r = j.at("requests");
  read(r.at("sent"), t.requests.sent);
  read(r.at("ok"), t.requests.ok);
  read(r.at("status_errors"), t.requests.status_errors);
  read(r.at("protocol_errors"), t.requests.protocol_errors);
  read(r.at("timeouts"), t.requests.timeouts);
  read(r.at("resets"), t.requests.resets);
  read(r.at("in_flight_at_end"), t.requests.in_flight_at_end);
  t.response = histogram_from_json(j.at("latency").at("response"));
  t.service = histogram_from_json(j.at("latency").at("service"));
  return t;
}

second read_second(const json& j) {
  second s;
  read(j.at("t"), s.t);
  read(j.at("ok"), s.ok);
  read(j.at("errors"), s.errors);
  read(j.at("p50"), s.p50);
  read(j.at("p99"), s.p99);
  read(j.at("server_cpu"), s.server_cpu);
  read(j.at("rss"), s.rss);
  read(j.at("threads"), s.threads);
  read_if_there(j, "descriptors", s.descriptors);
  return s;
}

phase read_phase(const json& j) {
  phase p;
  read(j.at("begin_s"), p.begin_s);
  read(j.at("end_s"), p.end_s);
  read(j.at("rate"), p.rate);
  read(j.at("connections"), p.connections);
  read(j.at("scheduled"), p.scheduled);
  read(j.at("ok"), p.ok);
  read(j.at("errors"), p.errors);
  read(j.at("unanswered"), p.unanswered);
  read(j.at("goodput"), p.goodput);
  p.response = histogram_from_json(j.at("response"));
  return p;
}

// What the verdict looks at.
void read_plan(const json& j, plan& p) {
  if (j.value("idle", "") == "sleep") p.idle = idle_strategy::sleep;
  read(j.at("connections"), p.connections);
  read(j.at("requests_per_connection"), p.requests_per_connection);
  if (!j.at("rate").is_null()) read(j.at("rate"), p.rate);
  read_if_there(j, "overload", p.overload);
  if (j.contains("think_s") && !j.at("think_s").is_null()) read(j.at("think_s"), p.think_s);
}

}  // namespace

histogram histogram_from_json(const json& j) {
  const std::uint64_t n = j.at("n");
  auto h = j.at("hdr").is_null() ? histogram() : histogram::decode(j.at("hdr"));
  if (h.count() != n)
    throw std::invalid_argument("a histogram says n = " + std::to_string(n) + " and holds " +
                                std::to_string(h.count()));
  if (n > 0) h.restore(nanoseconds(j.at("min")), j.at("mean").get<double>() * 1000, nanoseconds(j.at("max")));
  return h;
}

point point_from_json(const json& j) {
  point p;
  read_plan(j.at("plan"), p.asked);
  read_if_there(j, "started", p.started);
  read(j.at("window_s"), p.window_s);
  read(j.at("interrupted"), p.interrupted);
  p.requests = read_requests(j.at("requests"));
  p.connections = read_connections(j.at("connections"));
  read(j.at("replies"), p.replies);
  read(j.at("throughput"), p.throughput);
  read(j.at("rate_ratio"), p.rate_ratio);
  p.latency = read_latencies(j.at("latency"));
  for (const auto& t : j.at("targets")) p.targets.push_back(read_target(t));
  if (j.contains("crowd") && !j.at("crowd").is_null()) p.crowd = background_counts_from_json(j.at("crowd"));
  read(j.at("generator").at("cpu_us_per_request"), p.generator.cpu_us_per_request);
  read(j.at("generator").at("cpu_share"), p.generator.cpu_share);
  for (const auto& row : j.at("timeline")) p.timeline.push_back(read_second(row));
  for (const auto& each : j.value("phases", json::array())) p.phases.push_back(read_phase(each));
  if (j.contains("recovery")) {
    read(j.at("recovery").at("response_s"), p.recovery.response_s);
    read(j.at("recovery").at("all_served_s"), p.recovery.all_served_s);
  }
  const json& v = j.at("verdict");
  p.verdict = {v.at("valid"), v.at("limiter"), v.at("reasons")};
  return p;
}

}  // namespace tvl::load
