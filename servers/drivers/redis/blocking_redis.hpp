#pragma once
// Redis client of threads: a shared connection pool, hiredis' blocking calls.

#include "servers/drivers/blocking_pool.hpp"
#include "servers/drivers/failure.hpp"
#include "servers/drivers/redis/redis.hpp"
#include "servers/handler/plan.hpp"
#include "servers/runtime/service_options.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace tvl::waits::blocking {

// Connects on first use and after a loss.
class redis_connection {
 public:
  using clock = std::chrono::steady_clock;

  explicit redis_connection(const redis_address& address) : address_(address) {}

  service_reply get(const std::string& key, clock::time_point deadline);

 private:
  service_reply attempt(const std::string& key, clock::time_point deadline);
  bool connect(clock::time_point deadline);
  service_reply exchange(const std::string& key, clock::time_point deadline);
  bool take_reply(std::optional<handler::service_result>& reply);
  bool limit_waits(clock::time_point deadline);

  const redis_address& address_;
  redis_context context_;
  clock::duration limit_{};       // the socket's timeout
  bool auth_unanswered_ = false;  // its reply is before the first one of a GET
};

class redis_client {
 public:
  using clock = std::chrono::steady_clock;

  // Throws as find_redis() does. The options must outlive it.
  explicit redis_client(const service_options&);

  handler::service_result get(const std::string& key, clock::time_point deadline);
  handler::service_result get(const std::string& key) { return get(key, options_.deadline()); }

 private:
  const service_options& options_;
  const redis_address address_;
  pool<redis_connection> connections_;
};

}  // namespace tvl::waits::blocking
