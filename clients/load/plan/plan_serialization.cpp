#include "clients/load/plan/plan_serialization.hpp"

#include <nlohmann/json.hpp>

#include <optional>

namespace nlohmann {

template <class T>
struct adl_serializer<std::optional<T>> {
  static void to_json(json& to, const std::optional<T>& from) { to = from ? json(*from) : json(nullptr); }
  static void from_json(const json& from, std::optional<T>& to) {
    to = from.is_null() ? std::nullopt : std::optional(from.get<T>());
  }
};

template <>
struct adl_serializer<in_addr> {
  static void to_json(json& to, const in_addr& from) { to = from.s_addr; }
  static void from_json(const json& from, in_addr& to) { to.s_addr = from.get<in_addr_t>(); }
};

}  // namespace nlohmann

namespace tvl::load {

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(target, path, weight, method, headers, body, expect_status, expect_body)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(background_plan, idle, idle_websockets, greedy, greedy_depth, slow_senders,
                                   slow_readers, drip_s, read_bytes, slow_sender_target, slow_reader_target,
                                   websocket_target)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(step, at_s, rate)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(late_plan, at_s, connections)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(plan, url, targets, allow_remote, connections, sources, crowd,
                                   requests_per_connection, rate, arrivals, idle, overload, steps, storm_s, late,
                                   think_s, requests, ramp_s, warmup_s, seconds, timeout_s, seed, trace_s, processes,
                                   threads, cpus, server_cores, together)

// CBOR, because a request's body need not be UTF-8.
std::string pack(const plan& p) {
  std::string bytes;
  nlohmann::json::to_cbor(p, bytes);
  return bytes;
}

plan unpack(std::string_view bytes) { return nlohmann::json::from_cbor(bytes).get<plan>(); }

}  // namespace tvl::load
