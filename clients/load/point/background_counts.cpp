#include "clients/load/point/background_counts.hpp"

#include <nlohmann/json.hpp>

namespace tvl::load {
namespace {

nlohmann::json to_json(const std::optional<background_group_counts>& p) {
  if (!p) return nullptr;
  return {{"asked", p->asked},
          {"established", p->established},
          {"failed", p->failed},
          {"lost", p->lost},
          {"replies", p->replies},
          {"status_errors", p->status_errors},
          {"protocol_errors", p->protocol_errors},
          {"bytes_sent", p->bytes_sent},
          {"bytes_received", p->bytes_received}};
}

std::optional<background_group_counts> population(const nlohmann::json& crowd, const char* name) {
  if (!crowd.contains(name) || crowd.at(name).is_null()) return std::nullopt;
  const auto& j = crowd.at(name);
  return background_group_counts{
      j.at("asked"),         j.at("established"),     j.at("failed"),     j.at("lost"),          j.at("replies"),
      j.at("status_errors"), j.at("protocol_errors"), j.at("bytes_sent"), j.at("bytes_received")};
}

}  // namespace

nlohmann::json to_json(const background_counts& c) {
  return {{"idle", to_json(c.idle)},
          {"idle_websockets", to_json(c.idle_websockets)},
          {"greedy", to_json(c.greedy)},
          {"slow_senders", to_json(c.slow_senders)},
          {"slow_readers", to_json(c.slow_readers)},
          {"cpu_s", c.cpu_s}};
}

background_counts background_counts_from_json(const nlohmann::json& j) {
  return {population(j, "idle"),         population(j, "idle_websockets"), population(j, "greedy"),
          population(j, "slow_senders"), population(j, "slow_readers"),    j.at("cpu_s")};
}

}  // namespace tvl::load
