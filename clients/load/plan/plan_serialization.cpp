#include "clients/load/plan/plan_serialization.hpp"

#include "clients/load/plan/plan_json.hpp"

namespace tvl::load {

// CBOR, because a request's body need not be UTF-8.
std::string pack(const plan& p) {
  std::string bytes;
  nlohmann::json::to_cbor(p, bytes);
  return bytes;
}

plan unpack(std::string_view bytes) { return nlohmann::json::from_cbor(bytes).get<plan>(); }

}  // namespace tvl::load
