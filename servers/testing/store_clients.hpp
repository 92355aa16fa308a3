#pragma once
// Clients of Redis and PostgreSQL for tests of both models: several concurrent requests by threads and by a loop.

#include "servers/drivers/postgres/awaiting_postgres.hpp"
#include "servers/drivers/postgres/blocking_postgres.hpp"
#include "servers/drivers/redis/awaiting_redis.hpp"
#include "servers/drivers/redis/blocking_redis.hpp"
#include "servers/runtime/thread.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include <signal.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <iterator>
#include <latch>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace tvl::test {

// As in every server program: hiredis writes without MSG_NOSIGNAL.
inline const auto pipe_signal_ignored = ::signal(SIGPIPE, SIG_IGN);

using results = std::vector<handler::service_result>;

inline std::ptrdiff_t count(const results& all, unsigned status) {
  return std::ranges::count(all, status, &handler::service_result::status);
}

inline std::ptrdiff_t open_descriptors() {
  return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), std::filesystem::directory_iterator());
}

class on_threads {
 public:
  explicit on_threads(waits::service_options o) : options_(std::move(o)) {}

  results get(const std::vector<std::string>& keys) {
    return all(keys.size(), [&](std::size_t i) { return redis_.get(keys[i]); });
  }
  results rows(const std::vector<std::uint64_t>& ids, waits::row_time time = {}) {
    return all(ids.size(), [&, time](std::size_t i) { return postgres_.row(ids[i], time); });
  }
  void rest() {}

 private:
  // With stacks as small as the server's.
  template <class Ask>
  results all(std::size_t count, Ask ask) {
    results result(count);
    const auto done = std::make_shared<std::latch>(static_cast<std::ptrdiff_t>(count));
    for (std::size_t i = 0; i < count; ++i)
      runtime::start_thread(64u << 10, [&result, done, ask, i] {
        result[i] = ask(i);
        done->count_down();
      });
    done->wait();
    return result;
  }

  const waits::service_options options_;
  waits::blocking::redis_client redis_{options_};
  waits::blocking::postgres_client postgres_{options_};
};

class on_loop {
 public:
  explicit on_loop(waits::service_options o) : options_(std::move(o)) {}

  results get(const std::vector<std::string>& keys) {
    return all(keys.size(), [&](std::size_t i) { return redis_.get(keys[i]); });
  }
  results rows(const std::vector<std::uint64_t>& ids, waits::row_time time = {}) {
    return all(ids.size(), [&, time](std::size_t i) { return postgres_.row(ids[i], time); });
  }
  // Lets the loop handle pending events.
  void rest() { context_.poll(); }
  boost::asio::io_context& context() { return context_; }
  waits::awaiting::redis_client& redis() { return redis_; }
  waits::awaiting::postgres_client& postgres() { return postgres_; }

 private:
  template <class Ask>
  results all(std::size_t count, Ask ask) {
    results result(count);
    std::size_t done = 0;
    for (std::size_t i = 0; i < count; ++i)
      boost::asio::co_spawn(context_, ask(i), [&result, &done, i](std::exception_ptr e, handler::service_result o) {
        if (e) std::rethrow_exception(e);
        result[i] = std::move(o);
        ++done;
      });
    while (done < count) context_.run_one();
    return result;
  }

  const waits::service_options options_;
  boost::asio::io_context context_{BOOST_ASIO_CONCURRENCY_HINT_UNSAFE_IO};
  const boost::asio::executor_work_guard<runtime::executor> work_{context_.get_executor()};
  waits::awaiting::redis_client redis_{context_, options_};
  waits::awaiting::postgres_client postgres_{context_, options_};
};

}  // namespace tvl::test
