#pragma once
// Name to address, when the program starts: it blocks, and the libraries that connect would do it on the loop.

#include <optional>
#include <string>

namespace tvl::waits {

// The first address of the host, numeric; nothing when it is unknown.
std::optional<std::string> look_up(const std::string& host);

}  // namespace tvl::waits
