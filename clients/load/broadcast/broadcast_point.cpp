#include "clients/load/analysis/verdict.hpp"
#include "clients/load/base/described.hpp"
#include "clients/load/broadcast/broadcast.hpp"

#include <nlohmann/json.hpp>

#include <cstdio>
#include <string>

namespace tvl::load {
namespace {

using nlohmann::json;

// A room as a point: requests are messages, replies are deliveries.
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
  if (!r.join_error.empty()) p.connections.first_error = r.join_error;
  if (!r.loss.empty()) p.first_error_text = r.loss;
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
    p.verdict.reasons.push_back({"deliveries-missing", text});
  }
  if (r.members.closed > 0)
    p.verdict.reasons.push_back(
        {"members-lost", std::to_string(r.members.closed) + " of " + std::to_string(r.members.joined) +
                             " members lost their connection" + (r.loss.empty() ? "" : ", the first: " + r.loss)});
  if (r.deliveries.unknown > 0)
    p.verdict.reasons.push_back(
        {"unasked-messages", std::to_string(r.deliveries.unknown) + " messages were not sent in this run"});
  return p;
}

}  // namespace

json room_point(const room_result& r) {
  json result = as_point(r);
  result["room"] = members_json(r);
  return result;
}

}  // namespace tvl::load
