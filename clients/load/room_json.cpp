#include "clients/load/point.hpp"
#include "clients/load/room.hpp"

#include <nlohmann/json.hpp>

namespace tvl::load {
namespace {

nlohmann::json plan_json(const plan& p) {
  return {{"mode", "room"},
          {"url", p.url},
          {"connections", p.connections},
          {"rate", p.rate},
          {"arrivals", p.arrivals == arrivals::poisson ? "poisson" : "constant"},
          {"seconds", p.seconds},
          {"warmup_s", p.warmup_s},
          {"timeout_s", p.timeout_s},
          {"seed", p.seed},
          {"cpus", p.cpus}};
}

template <class T>
nlohmann::json or_null(const std::optional<T>& value) {
  return value ? nlohmann::json(*value) : nlohmann::json(nullptr);
}

}  // namespace

nlohmann::json to_json(const room_result& r) {
  const auto& [asked, joined, failed, closed, protocol_errors] = r.members;
  const auto& d = r.deliveries;
  return {{"schema", 1},
          {"plan", plan_json(r.asked)},
          {"window_s", r.window_s},
          {"interrupted", r.interrupted},
          {"members",
           {{"asked", asked},
            {"joined", joined},
            {"failed", failed},
            {"closed", closed},
            {"protocol_errors", protocol_errors}}},
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
          {"latency", {{"delivery", to_json(r.delivery)}, {"lag", to_json(r.lag)}}},
          {"generator", {{"cpu_share", or_null(r.generator_cpu_share)}}}};
}

}  // namespace tvl::load
