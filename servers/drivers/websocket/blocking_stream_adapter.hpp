#pragma once
// Stream of Boost.Beast on a thread: reads from the socket, writes to the send queue.

#include "servers/drivers/websocket/blocking_send_queue.hpp"
#include "servers/runtime/peer.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/websocket/stream_base.hpp>

#include <memory>
#include <string>
#include <utility>

namespace tvl::waits::blocking {

class stream_adapter {
 public:
  using send_queue = blocking::send_queue;
  using executor_type = runtime::executor;
  using error_code = boost::system::error_code;

  explicit stream_adapter(send_queue& o) : send_queue_(o) {}

  executor_type get_executor() const { return send_queue_.peer().socket().get_executor(); }

  // Input that was read, and counted, before.
  void begin_with(std::string bytes) {
    if (!bytes.empty()) early_ = std::make_unique<std::string>(std::move(bytes));
  }
  // An echo does not read while output is queued, so a client that reads nothing is not read from. In rooms and while
  // closing, input does not wait for output.
  void read_at_any_time() { input_ = send_queue::input::any_time; }

  template <class Buffers>
  std::size_t read_some(const Buffers& to, error_code& ec) {
    ec = {};
    if (early_) return take_early(to);
    std::size_t n = 0;
    for (bool may_wait = true;; may_wait = false) {  // not with a non-blocking socket
      send_queue_.wait(input_, may_wait);
      n = send_queue_.peer().socket().read_some(to, ec);
      if (ec != boost::asio::error::would_block) break;
    }
    send_queue_.peer().work().bytes_in += n;
    return n;
  }
  // Queues everything.
  template <class Buffers>
  std::size_t write_some(const Buffers& from, error_code& ec) {
    ec = {};
    const auto bytes = boost::beast::buffers_to_string(from);
    send_queue_.write(bytes);
    return bytes.size();
  }
  // Beast requires these, but calls those above.
  template <class Buffers>
  std::size_t read_some(const Buffers&);
  template <class Buffers>
  std::size_t write_some(const Buffers&);

 private:
  template <class Buffers>
  std::size_t take_early(const Buffers& to) {
    const auto n = boost::asio::buffer_copy(to, boost::asio::buffer(*early_));
    early_->erase(0, n);
    if (early_->empty()) early_.reset();
    return n;
  }

  send_queue& send_queue_;
  std::unique_ptr<std::string> early_;  // rarely any
  send_queue::input input_ = send_queue::input::behind_output;
};

// The session ends the connection, not Beast.
inline void teardown(boost::beast::role_type, stream_adapter&, boost::system::error_code& ec) { ec = {}; }
inline void beast_close_socket(stream_adapter&) {}

}  // namespace tvl::waits::blocking
