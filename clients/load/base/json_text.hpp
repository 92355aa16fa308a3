#pragma once
// JSON as text. Text from outside (URLs, header values, error messages, paths) may have bytes that are not UTF-8:
// nlohmann::json::dump() throws for them by default, and all that was measured would be lost.

#include <nlohmann/json.hpp>

#include <string>

namespace tvl::load {

// Bytes that are not UTF-8 become U+FFFD. indent: -1 = one line. Also takes ordered_json.
template <class Json>
std::string to_json_text(const Json& value, int indent = -1) {
  return value.dump(indent, ' ', false, Json::error_handler_t::replace);
}

// The same text, as JSON holds it.
inline std::string as_utf8(const std::string& text) {
  return nlohmann::json::parse(to_json_text(nlohmann::json(text))).get<std::string>();
}

}  // namespace tvl::load
