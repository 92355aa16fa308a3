#pragma once
// Fields of a query or form: a=1&b=2 (application/x-www-form-urlencoded).

#include <optional>
#include <string>
#include <string_view>

namespace tvl::upstream {

// The decoded value of the first field `key`; an invalid escape is kept verbatim.
std::optional<std::string> form_value(std::string_view form, std::string_view key);

}  // namespace tvl::upstream
