#include "clients/load/plan/plan_json.hpp"
#include "clients/load/point/point.hpp"
#include "clients/load/protocol/url.hpp"

#include <cmath>
#include <stdexcept>
#include <string>

namespace tvl::load {
namespace {

using nlohmann::json;

template <class T>
json microseconds(const std::optional<T>& nanoseconds) {
  return nanoseconds ? json(static_cast<double>(*nanoseconds) / 1000) : json(nullptr);
}

std::int64_t nanoseconds(const json& microseconds) { return std::llround(microseconds.get<double>() * 1000); }

// As a point holds it: without what no reader asks for, and null where a closed loop has none.
json record_of(const plan& p) {
  json j = p;
  for (const char* left_out : {"allow_remote", "overload", "trace_s"}) j.erase(left_out);
  j["url"] = without_password(p.url);
  j["mode"] = p.open_loop() ? "open" : "closed";
  if (!p.open_loop()) j["rate"] = j["arrivals"] = nullptr;
  if (p.requests == 0) j["requests"] = nullptr;
  j["sources"] = p.sources.size();
  for (const char* detail :
       {"drip_s", "greedy_depth", "read_bytes", "slow_reader_target", "slow_sender_target", "websocket_target"})
    j["crowd"].erase(detail);
  for (json& t : j["targets"]) {
    if (t["path"] == "") t["path"] = nullptr;
    for (const char* left_out : {"headers", "body", "expect_status", "expect_body"}) t.erase(left_out);
  }
  return j;
}

// What is null was not asked for, or differed between points that were merged.
void erase_nulls(json& j) {
  for (auto member = j.begin(); member != j.end();) {
    if (member->is_structured()) erase_nulls(*member);
    j.is_object() && member->is_null() ? void(member = j.erase(member)) : void(++member);
  }
}

plan plan_of(json record) {
  erase_nulls(record);
  const std::size_t sources = record.value("sources", 0);
  record.erase("sources");
  plan p = record;
  p.sources.resize(sources);
  return p;
}

}  // namespace

void to_json(json& j, const histogram& h) {
  j = {{"n", h.count()},
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

void from_json(const json& j, histogram& h) {
  const std::uint64_t n = j.at("n");
  h = j.at("hdr").is_null() ? histogram() : histogram::decode(j.at("hdr"));
  if (h.count() != n)
    throw std::invalid_argument("a histogram says n = " + std::to_string(n) + " and holds " +
                                std::to_string(h.count()));
  if (n > 0) h.restore(nanoseconds(j.at("min")), j.at("mean").get<double>() * 1000, nanoseconds(j.at("max")));
}

void to_json(json& j, const reason& r) { j = {{"code", r.code}, {"text", r.text}}; }

void from_json(const json& j, reason& r) {
  if (j.is_string())
    r = {"", j};
  else
    r = {j.at("code"), j.at("text")};
}

void to_json(json& j, const target_result& t) {
  j = {{"path", t.asked.path},
       {"weight", t.asked.weight},
       {"requests", t.requests},
       {"latency", {{"response", t.response}, {"service", t.service}}}};
  for (const char* total :
       {"scheduled", "unsent", "in_flight_at_start", "unsent_at_start", "bytes_sent", "bytes_received"})
    j["requests"].erase(total);
}

void from_json(const json& j, target_result& t) {
  t.asked.path = j.value("path", "");
  t.asked.weight = j.value("weight", t.asked.weight);
  t.requests = j.at("requests");
  t.response = j.at("latency").at("response");
  t.service = j.at("latency").at("service");
}

}  // namespace tvl::load

void nlohmann::adl_serializer<tvl::load::point>::to_json(json& j, const tvl::load::point& p) {
  j = tvl::load::members_json(p);
  j["schema"] = 1;
  j["plan"] = tvl::load::record_of(p.asked);
}

void nlohmann::adl_serializer<tvl::load::point>::from_json(const json& j, tvl::load::point& p) {
  if (j.at("schema") != 1) throw std::invalid_argument("not of schema 1");
  for (const char* always : {"requests", "connections", "latency", "verdict"}) j.at(always);
  tvl::load::read_members(j, p);
  p.asked = tvl::load::plan_of(j.at("plan"));
}
