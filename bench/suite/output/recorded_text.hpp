#pragma once
// Texts as they are written into the files of a run, which others read.

#include <nlohmann/json_fwd.hpp>

#include <string>

namespace tvl::suite {

// What stands in place of a secret.
inline constexpr char hidden[] = "***";

// Without the passwords of URLs (user:password@) and the values of headers, options and parameters such as
// Authorization, Cookie, password, token, secret, api-key.
std::string without_secrets(std::string);

// The same for all texts inside, and for members and pairs ["Authorization", "..."] of such a name.
nlohmann::json without_secrets(nlohmann::json);

// Without the folder of the sources, which says nothing to a reader elsewhere.
std::string portable(std::string);

}  // namespace tvl::suite
