#include "clients/load/analysis/verdict.hpp"
#include "clients/load/broadcast/broadcast.hpp"

#include <nlohmann/json.hpp>

#include <cstdio>
#include <string>

namespace tvl::load {
namespace {

using nlohmann::json;

template <class T>
json or_null(const std::optional<T>& value) {
  return value ? json(*value) : json(nullptr);
}

// Requests are messages, replies are deliveries.
point as_point(const room_result& r) {
  point p;
  p.asked = r.asked;
  p.started = r.started;
  p.window_s = r.window_s;
  p.interrupted = r.interrupted;
  p.requests.scheduled = r.messages.scheduled;
  p.requests.sent = p.requests.ok = r.messages.sent;
  p.requests.unsent = r.messages.unsent;
  p.connections.asked = r.members.asked;
  p.connections.established = r.members.joined;
  p.connections.failed = r.members.failed;
  p.replies = r.deliveries.received;
  if (r.window_s > 0) p.throughput = static_cast<double>(r.deliveries.received) / r.window_s;
  if (r.messages.scheduled > 0)
    p.rate_ratio = static_cast<double>(r.messages.sent) / static_cast<double>(r.messages.scheduled);
  p.latency.response = r.delivery;
  p.latency.lag = p.latency.pacing = r.lag;
  p.generator.cpu_share = r.generator_cpu_share;
  p.server = r.server;
  p.services_cpu_share = r.services_cpu_share;
  p.host = r.host;
  p.verdict = judge(p);
  if (r.reach && *r.reach < 1) {
    char text[64];
    std::snprintf(text, sizeof text, "%.4g %% of the deliveries arrived", *r.reach * 100);
    p.verdict.reasons.push_back(text);
  }
  if (r.members.closed > 0)
    p.verdict.reasons.push_back(std::to_string(r.members.closed) + " of " + std::to_string(r.members.joined) +
                                " members lost their connection");
  return p;
}

}  // namespace

json room_point(const room_result& r) {
  json result = to_json(as_point(r));
  const auto& d = r.deliveries;
  result["room"] = {
      {"members",
       {{"asked", r.members.asked},
        {"joined", r.members.joined},
        {"failed", r.members.failed},
        {"closed", r.members.closed},
        {"protocol_errors", r.members.protocol_errors}}},
      {"messages", {{"scheduled", r.messages.scheduled}, {"sent", r.messages.sent}, {"unsent", r.messages.unsent}}},
      {"deliveries",
       {{"expected", d.expected},
        {"received", d.received},
        {"lost", d.lost},
        {"cut_off", d.cut_off},
        {"duplicates", d.duplicates},
        {"unknown", d.unknown}}},
      {"reach", or_null(r.reach)},
      {"sender_included", r.sender_included},
      {"server_cpu_us_per_delivery", or_null(r.server_cpu_us_per_delivery)}};
  return result;
}

}  // namespace tvl::load
