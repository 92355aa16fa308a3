#pragma once
// One request that needs every service, as an application's do, all but the waiting: what is asked of each of them, and
// the reply that comes of it.

#include "servers/handler/plan.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>

namespace tvl::waits {

// In the order of the reply. Without a good token nobody is asked for anything else.
enum class part : unsigned char { token, cache, row, api, object };
inline constexpr std::array behind_the_token{part::cache, part::row, part::api, part::object};

// What is asked for: the services of a run hold these.
namespace wanted {
inline const std::string token = "good";
inline const std::string key = "key:1";
inline constexpr std::uint64_t row = 1;
inline const std::string object = "small";
}  // namespace wanted

// {"token":{...},"cache":"...","db":{...},"api":...,"object_bytes":N} out of what the waits for these brought.
class aggregate_reply {
 public:
  // To be called in the order of the parts. The object is its size in decimal. False when this one has failed, or one
  // before it: that decides the reply. That something is not there is the service's failure, not the client's: 502.
  bool take(part, handler::service_result);
  // Once all were taken, or one was refused.
  handler::service_result result();

 private:
  std::string text_;
  std::optional<handler::service_result> failed_;
};

}  // namespace tvl::waits
