#pragma once
// Failures of a service call, and the client's reply: one short line that reveals no host, account or text of the
// service.

#include "servers/handler/plan.hpp"

#include <string_view>
#include <variant>

namespace tvl::waits {

enum class failure : unsigned char {
  not_configured,  // the server was started without this service
  unreachable,     // no connection to it
  disconnected,    // it closed the connection before the end of the reply
  protocol_error,  // its reply is invalid or too large
  timeout,         // no reply, or no free connection, before the deadline
  queue_full,      // too many requests wait for a connection
};

// A service's reply, or why there is none.
using service_reply = std::variant<handler::service_result, failure>;

inline bool failed(const service_reply& a) { return std::holds_alternative<failure>(a); }
inline bool failed(const service_reply& a, failure how) { return failed(a) && std::get<failure>(a) == how; }
// The connection may be used again.
inline bool healthy(const service_reply& a) { return !failed(a) && std::get<handler::service_result>(a).status < 500; }

// The reply to the client; `service` is named in the reason.
handler::service_result to_result(std::string_view service, service_reply);

}  // namespace tvl::waits
