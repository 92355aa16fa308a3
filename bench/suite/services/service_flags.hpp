#pragma once
// The flags for the user's own services, which are used instead of started ones.

#include <optional>
#include <string>

namespace CLI {
class App;
}

namespace tvl::suite {

struct service_flags {
  std::optional<std::string> redis;     // HOST:PORT
  std::optional<std::string> postgres;  // a libpq connection string, without a password
  std::optional<std::string> upstream;  // http://HOST:PORT
};

void add_service_flags(CLI::App&, service_flags&);

}  // namespace tvl::suite
