#pragma once
// Redis with the keys that /cache/{key} asks for: key:0 to key:9999, each with a value of 100 bytes.

#include "bench/suite/services/service.hpp"

#include <string>

namespace tvl::suite {

inline constexpr int redis_keys = 10'000;
std::string redis_key(int number);
std::string redis_value(const std::string& key);

// On a free port of 127.0.0.1, filled, nothing on disk. Throws not_installed, contestant_failed, run_stopped.
service start_redis(const surroundings&);

// The user's own, at HOST:PORT, which is only looked at. Throws bad_input when it is not there or lacks the keys.
service given_redis(const std::string& address);

}  // namespace tvl::suite
