#pragma once
// The aggregate endpoint /services: calls every service, as an application does. What is requested, and the reply made
// of the results.

#include "servers/handler/plan.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>

namespace tvl::waits {

// In the order of the reply. The token decides first: without a valid one nothing else is requested.
enum class part : unsigned char { token, cache, row, api, object };
inline constexpr std::array behind_the_token{part::cache, part::row, part::api, part::object};

// Requested items, which the services of a run contain.
namespace wanted {
inline const std::string token = "good";
inline const std::string key = "key:1";
inline constexpr std::uint64_t row = 1;
inline const std::string object = "small";
}  // namespace wanted

// Builds {"token":{...},"cache":"...","db":{...},"api":...,"object_bytes":N}.
class aggregate_reply {
 public:
  // Call in the order of the parts; the object's result is its size in decimal. False when this part or an earlier one
  // failed, which decides the reply. A missing item (404) is a failure of the service: 502.
  bool take(part, handler::service_result);
  // After the last part, or the first failure.
  handler::service_result result();

 private:
  std::string text_;
  std::optional<handler::service_result> failed_;
};

}  // namespace tvl::waits
