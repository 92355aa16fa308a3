#pragma once
// Fields as a query or a posted form holds them: a=1&b=2 (application/x-www-form-urlencoded).

#include <optional>
#include <string>
#include <string_view>

namespace tvl::upstream {

// The value of the first field called `key`, decoded; an escape that is none stays as it is.
std::optional<std::string> form_value(std::string_view form, std::string_view key);

}  // namespace tvl::upstream
