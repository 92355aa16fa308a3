#include "servers/drivers/failure.hpp"

#include <cstdint>
#include <string>
#include <utility>

namespace tvl::waits {
namespace {

struct verdict {
  std::uint16_t status;
  std::string_view reason;
};

verdict verdict_on(failure how) {
  switch (how) {
    case failure::not_configured:
      return {502, "this server was started without it"};
    case failure::unreachable:
      return {502, "cannot be reached"};
    case failure::disconnected:
      return {502, "closed the connection"};
    case failure::timeout:
      return {504, "took too long"};
    case failure::queue_full:
      return {503, "too many are waiting for it"};
    case failure::protocol_error:
      break;
  }
  return {502, "sent no valid reply"};
}

}  // namespace

handler::service_result to_result(std::string_view service, service_reply a) {
  if (!failed(a)) return std::get<handler::service_result>(std::move(a));
  const auto [status, reason] = verdict_on(std::get<failure>(a));
  return {status, std::string(service) + ": " + std::string(reason)};
}

}  // namespace tvl::waits
