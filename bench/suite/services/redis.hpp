#pragma once
// Redis with the keys of /cache/{key}: key:0 to key:9999, each with a value of 100 bytes.

#include "bench/suite/services/service.hpp"

#include <string>

namespace tvl::suite {

inline constexpr int redis_keys = 10'000;
std::string redis_key(int number);
std::string redis_value(const std::string& key);

// On a free port of 127.0.0.1, filled, nothing on disk. Throws not_installed, server_failed, run_stopped.
service start_redis(const service_environment&);

// The user's own at HOST:PORT, which is not modified. Throws bad_input when it is unreachable or lacks the keys.
service given_redis(const std::string& address);

}  // namespace tvl::suite
