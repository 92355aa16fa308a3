#pragma once
// Who may ask about tokens: the one OAuth client of the stand-in. No secret, it guards nothing.

#include <string_view>

namespace tvl::upstream {

inline constexpr std::string_view client_id = "app-server";
inline constexpr std::string_view client_secret = "app-secret";

}  // namespace tvl::upstream
