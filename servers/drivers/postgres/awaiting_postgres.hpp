#pragma once
// PostgreSQL client of a loop: a connection pool shared by its coroutines.

#include "servers/drivers/awaiting_pool.hpp"
#include "servers/drivers/borrowed_descriptor.hpp"
#include "servers/drivers/failure.hpp"
#include "servers/drivers/postgres/postgres.hpp"
#include "servers/handler/plan.hpp"
#include "servers/runtime/asio_types.hpp"
#include "servers/runtime/service_options.hpp"

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <cstdint>
#include <memory>

namespace tvl::waits::awaiting {

// Connects and prepares its statement on first use and after a loss.
class postgres_connection {
 public:
  using clock = std::chrono::steady_clock;
  template <class T>
  using awaitable = boost::asio::awaitable<T, runtime::executor>;

  postgres_connection(const runtime::executor&, const postgres_address&);
  postgres_connection(const postgres_connection&) = delete;
  postgres_connection& operator=(const postgres_connection&) = delete;
  ~postgres_connection() { close(); }

  awaitable<service_reply> row(std::uint64_t id, row_time time, clock::time_point deadline);

 private:
  // Used by the timer's handler, which may run after the connection's end.
  struct link {
    explicit link(const runtime::executor& e) : socket(e), timer(e) {}
    void check();

    borrowed_descriptor socket;  // libpq's own
    runtime::timer timer;
    clock::time_point deadline;
    bool late = false;
  };

  void set_deadline(clock::time_point);
  awaitable<service_reply> attempt(std::uint64_t id, row_time time);
  awaitable<service_reply> connect();
  awaitable<service_reply> finish(postgres_exchange&);
  awaitable<bool> wait(borrowed_descriptor::wait_type);
  void close();

  const postgres_address& address_;
  std::shared_ptr<link> link_;
  postgres_session session_;
};

class postgres_client {
 public:
  using clock = std::chrono::steady_clock;

  // Throws as postgres_address does. The options must outlive it.
  postgres_client(boost::asio::io_context&, const service_options&);

  boost::asio::awaitable<handler::service_result, runtime::executor> row(std::uint64_t id, row_time time,
                                                                         clock::time_point deadline);
  boost::asio::awaitable<handler::service_result, runtime::executor> row(std::uint64_t id,
                                                                         row_time time = row_time(0)) {
    return row(id, time, options_.deadline());
  }

 private:
  const service_options& options_;
  const postgres_address address_;
  pool<postgres_connection> connections_;
};

}  // namespace tvl::waits::awaiting
