#pragma once
// Redis client of a loop: a few connections, each with many pipelined requests.
//
// Uses hiredis' synchronous context in non-blocking mode. Its asynchronous context aborts the process on an unsolicited
// reply (an assert in 0.14).

#include "servers/drivers/borrowed_descriptor.hpp"
#include "servers/drivers/failure.hpp"
#include "servers/drivers/redis/redis.hpp"
#include "servers/handler/plan.hpp"
#include "servers/runtime/asio_types.hpp"
#include "servers/runtime/service_options.hpp"

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <cstddef>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace tvl::waits::awaiting {

class redis_link;

// A pending request, in the frame of its coroutine.
class redis_request {
 public:
  using clock = std::chrono::steady_clock;

  redis_request(const runtime::executor& e, clock::time_point deadline) : timer_(e, deadline) {}
  redis_request(const redis_request&) = delete;
  redis_request& operator=(const redis_request&) = delete;
  ~redis_request();

  // Sends it and resumes with its reply, or at the deadline.
  boost::asio::awaitable<service_reply, runtime::executor> get(std::shared_ptr<redis_link>, const std::string& key);

 private:
  friend class redis_link;
  void finish(service_reply);

  runtime::timer timer_;
  std::shared_ptr<redis_link> link_;  // points back to this
  std::optional<service_reply> reply_;
};

// One connection. Replies come in the order of the requests.
class redis_link : public std::enable_shared_from_this<redis_link> {
 public:
  explicit redis_link(const runtime::executor& e) : socket_(e) {}
  redis_link(const redis_link&) = delete;
  redis_link& operator=(const redis_link&) = delete;
  ~redis_link() { close(); }

  // False when it fails at once.
  bool start(const redis_address&);
  // Ends pending requests as disconnected.
  void close() { fail(failure::disconnected); }

  void send(const std::string& key, redis_request&);
  // The request no longer waits, but its reply may still come: the connection takes no further requests and closes
  // after its last waiting one.
  void forget(redis_request&);

  // Takes further requests.
  bool usable() const { return context_ && !retired_; }
  bool connected() const { return connected_; }
  // Sends at the end of this turn of the loop.
  bool sending() const { return sending_; }
  std::size_t pending() const { return pending_.size(); }

 private:
  static runtime::task run(std::shared_ptr<redis_link>);
  bool finish_connecting();
  bool nobody_waits() const;
  void send_soon();
  void flush();
  void receive();
  void fail(failure);

  borrowed_descriptor socket_;          // owned by hiredis
  redis_context context_;               // null once closed
  std::deque<redis_request*> pending_;  // null for a forgotten one, and for AUTH
  bool connected_ = false;
  bool sending_ = false;
  bool retired_ = false;
};

// For the loop's thread only.
class redis_client {
 public:
  using clock = std::chrono::steady_clock;

  // Throws as find_redis() does. The options must outlive it.
  redis_client(boost::asio::io_context&, const service_options&);
  redis_client(const redis_client&) = delete;
  redis_client& operator=(const redis_client&) = delete;
  ~redis_client();

  boost::asio::awaitable<handler::service_result, runtime::executor> get(const std::string& key,
                                                                         clock::time_point deadline);
  boost::asio::awaitable<handler::service_result, runtime::executor> get(const std::string& key) {
    return get(key, options_.deadline());
  }

 private:
  std::shared_ptr<redis_link> choose();

  const runtime::executor executor_;
  const service_options& options_;
  const redis_address address_;
  std::vector<std::shared_ptr<redis_link>> links_;
};

}  // namespace tvl::waits::awaiting
