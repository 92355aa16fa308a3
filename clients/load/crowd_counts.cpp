#include "clients/load/crowd_counts.hpp"

#include <nlohmann/json.hpp>

namespace tvl::load {
namespace {

nlohmann::json to_json(const std::optional<population_counts>& p) {
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

}  // namespace

nlohmann::json to_json(const crowd_counts& c) {
  return {{"idle", to_json(c.idle)},
          {"slow_senders", to_json(c.slow_senders)},
          {"slow_readers", to_json(c.slow_readers)},
          {"cpu_s", c.cpu_s}};
}

}  // namespace tvl::load
