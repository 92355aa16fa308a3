#pragma once
// A whole plan as JSON, every member under its name.

#include "clients/load/base/described.hpp"
#include "clients/load/plan/plan.hpp"

#include <nlohmann/json.hpp>

namespace tvl::load {

NLOHMANN_JSON_SERIALIZE_ENUM(arrivals, {{arrivals::poisson, "poisson"}, {arrivals::constant, "constant"}})
NLOHMANN_JSON_SERIALIZE_ENUM(idle_strategy, {{idle_strategy::automatic, "automatic"},
                                             {idle_strategy::spin, "spin"},
                                             {idle_strategy::sleep, "sleep"}})

}  // namespace tvl::load

template <>
struct nlohmann::adl_serializer<in_addr> {
  static void to_json(json& to, const in_addr& from) { to = from.s_addr; }
  static void from_json(const json& from, in_addr& to) { to.s_addr = from.get<in_addr_t>(); }
};
