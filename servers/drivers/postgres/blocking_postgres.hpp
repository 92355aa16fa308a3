#pragma once
// PostgreSQL client of threads: a shared connection pool.

#include "servers/drivers/blocking_pool.hpp"
#include "servers/drivers/failure.hpp"
#include "servers/drivers/postgres/postgres.hpp"
#include "servers/handler/plan.hpp"
#include "servers/runtime/service_options.hpp"

#include <chrono>
#include <cstdint>

namespace tvl::waits::blocking {

// Connects and prepares its statement on first use and after a loss.
class postgres_connection {
 public:
  using clock = std::chrono::steady_clock;

  explicit postgres_connection(const postgres_address& address) : address_(address) {}

  service_reply row(std::uint64_t id, row_time time, clock::time_point deadline);

 private:
  service_reply attempt(std::uint64_t id, row_time time, clock::time_point deadline);
  service_reply connect(clock::time_point deadline);
  service_reply finish(postgres_exchange&, clock::time_point deadline);
  bool wait(short events, clock::time_point deadline);

  const postgres_address& address_;
  postgres_session session_;
};

class postgres_client {
 public:
  using clock = std::chrono::steady_clock;

  // Throws as postgres_address does. The options must outlive it.
  explicit postgres_client(const service_options&);

  handler::service_result row(std::uint64_t id, row_time time, clock::time_point deadline);
  handler::service_result row(std::uint64_t id, row_time time = row_time(0)) {
    return row(id, time, options_.deadline());
  }

 private:
  const service_options& options_;
  const postgres_address address_;
  pool<postgres_connection> connections_;
};

}  // namespace tvl::waits::blocking
