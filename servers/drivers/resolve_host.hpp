#pragma once
// Name resolution at program start: it blocks, and client libraries would do it on the loop.

#include <optional>
#include <string>

namespace tvl::waits {

// The first address of the host, numeric; nothing for an unknown host.
std::optional<std::string> resolve_host(const std::string& host);

}  // namespace tvl::waits
