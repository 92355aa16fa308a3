#pragma once
// The only OAuth client of the stand-in upstream. Not a secret.

#include <string_view>

namespace tvl::upstream {

inline constexpr std::string_view client_id = "app-server";
inline constexpr std::string_view client_secret = "app-secret";

}  // namespace tvl::upstream
