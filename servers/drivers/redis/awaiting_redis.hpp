#pragma once
// Redis on a loop: a few connections, each of which carries many requests at a time.
//
// hiredis formats, reads and parses, as it does for the blocking twin, on its non-blocking context. Its own
// asynchronous context is no option: a reply that nobody asked for ends the process there (an assert in 0.14).

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

// One request on its way, in the coroutine that waits for it.
class redis_request {
 public:
  using clock = std::chrono::steady_clock;

  redis_request(const runtime::executor& e, clock::time_point deadline) : timer_(e, deadline) {}
  redis_request(const redis_request&) = delete;
  redis_request& operator=(const redis_request&) = delete;
  ~redis_request();

  // Sends it and resumes with its reply, at the deadline at the latest.
  boost::asio::awaitable<service_reply, runtime::executor> get(std::shared_ptr<redis_link>, const std::string& key);

 private:
  friend class redis_link;
  void finish(service_reply);

  runtime::timer timer_;
  std::shared_ptr<redis_link> link_;  // that holds a pointer to this
  std::optional<service_reply> reply_;
};

// One connection. Requests are answered in the order in which they were sent.
class redis_link : public std::enable_shared_from_this<redis_link> {
 public:
  explicit redis_link(const runtime::executor& e) : socket_(e) {}
  redis_link(const redis_link&) = delete;
  redis_link& operator=(const redis_link&) = delete;
  ~redis_link() { close(); }

  // False when it fails at once.
  bool start(const redis_address&);
  // Ends what is under way as lost.
  void close() { fail(failure::lost); }

  void send(const std::string& key, redis_request&);
  // The request does not wait any longer. Its reply may still come, or never: no more are sent here, and the connection
  // ends with the last one that waits.
  void forget(redis_request&);

  // Takes further requests.
  bool usable() const { return context_ && !retired_; }
  bool connected() const { return connected_; }
  // Will send at the end of this turn of the loop.
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

  borrowed_descriptor socket_;          // hiredis' own
  redis_context context_;               // none once it is closed
  std::deque<redis_request*> pending_;  // nullptr for one that was forgotten
  bool connected_ = false;
  bool sending_ = false;
  bool retired_ = false;
};

// Used by the loop's thread only.
class redis_client {
 public:
  using clock = std::chrono::steady_clock;

  // Throws as find_redis() does. The options have to outlive it.
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
