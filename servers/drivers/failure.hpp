#pragma once
// How a wait for a service can fail, and what the client is told of it: one short line that names no host, no account
// and nothing a service said in its own words.

#include "servers/handler/plan.hpp"

#include <string_view>
#include <variant>

namespace tvl::waits {

enum class failure : unsigned char {
  absent,       // the server was started without this service
  unreachable,  // no connection to it
  lost,         // it closed the connection before the reply was whole
  garbage,      // what it sent is no reply, or a too large one
  late,         // no reply, or no free connection, within the time limit
  full,         // too many wait for a free connection already
};

// What a service answered, or why there is no answer.
using service_reply = std::variant<handler::service_result, failure>;

inline bool failed(const service_reply& a) { return std::holds_alternative<failure>(a); }
inline bool failed(const service_reply& a, failure how) { return failed(a) && std::get<failure>(a) == how; }
// The connection that it came by may be used again.
inline bool healthy(const service_reply& a) { return !failed(a) && std::get<handler::service_result>(a).status < 500; }

// The reply to the client; `service` is its name in the reason.
handler::service_result to_result(std::string_view service, service_reply);

}  // namespace tvl::waits
