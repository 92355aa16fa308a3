#include "servers/waits/aggregate.hpp"

#include "servers/drivers/http/http_call.hpp"
#include "servers/waits/introspection.hpp"

#include <nlohmann/json.hpp>

#include <string_view>
#include <utility>

namespace tvl::waits {
namespace {

using handler::service_result;
using nlohmann::json;

std::string_view name_of(part what) {
  switch (what) {
    case part::token:
      return "token";
    case part::cache:
      return "cache";
    case part::row:
      return "db";
    case part::api:
      return "api";
    case part::object:
      break;
  }
  return "object_bytes";
}

// The failure of a part, if any.
std::optional<service_result> failure_of(part what, service_result& result) {
  if (result.status == 404) result.status = 502;
  if (result.status != 200) return std::move(result);
  if (what == part::token && !is_active(result)) return service_result{502, "upstream: token is not active"};
  // Validated and inserted verbatim: printing deeply nested JSON would need as deep a stack.
  if (what == part::api && !json::accept(result.body)) return upstream_failed(failure::protocol_error);
  return std::nullopt;
}

// Redis holds arbitrary bytes, the other parts are JSON.
std::string in_json(part what, std::string body) {
  if (what != part::cache) return body;
  return json(std::move(body)).dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace

bool aggregate_reply::take(part what, service_result result) {
  if (!failed_) failed_ = failure_of(what, result);
  if (failed_) return false;
  text_ += text_.empty() ? "{\"" : ",\"";
  ((text_ += name_of(what)) += "\":") += in_json(what, std::move(result.body));
  return true;
}

service_result aggregate_reply::result() {
  return failed_ ? std::move(*failed_) : service_result{200, std::move(text_) + '}'};
}

}  // namespace tvl::waits
