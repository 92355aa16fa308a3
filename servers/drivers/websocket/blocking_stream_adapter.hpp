#pragma once
// What Boost.Beast reads a thread's WebSocket from and writes it to.

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

  // What has been read already, and counted.
  void begin_with(std::string bytes) {
    if (!bytes.empty()) early_ = std::make_unique<std::string>(std::move(bytes));
  }
  // An echo reads no further while it has something to write: a client that takes nothing is not read from. Where
  // others write, too, and at the end, input does not wait for that.
  void read_at_any_time() { input_ = send_queue::input::any_time; }

  template <class Buffers>
  std::size_t read_some(const Buffers& to, error_code& ec) {
    ec = {};
    if (early_) return take_early(to);
    std::size_t n = 0;
    for (bool may_wait = true;; may_wait = false) {  // not on a socket that does not block
      send_queue_.wait(input_, may_wait);
      n = send_queue_.peer().socket().read_some(to, ec);
      if (ec != boost::asio::error::would_block) break;
    }
    send_queue_.peer().work().bytes_in += n;
    return n;
  }
  // Takes everything.
  template <class Buffers>
  std::size_t write_some(const Buffers& from, error_code& ec) {
    ec = {};
    const auto bytes = boost::beast::buffers_to_string(from);
    send_queue_.write(bytes);
    return bytes.size();
  }
  // Beast checks that these are there, and calls those above.
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
  std::unique_ptr<std::string> early_;  // seldom any
  send_queue::input input_ = send_queue::input::behind_output;
};

// The conversation ends the connection, not Beast.
inline void teardown(boost::beast::role_type, stream_adapter&, boost::system::error_code& ec) { ec = {}; }
inline void beast_close_socket(stream_adapter&) {}

}  // namespace tvl::waits::blocking
