#pragma once
// Stream of Boost.Beast on a loop: reads from the socket, writes to the send queue.

#include "servers/drivers/websocket/awaiting_send_queue.hpp"
#include "servers/runtime/peer.hpp"

#include <boost/asio/associator.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/core/bind_handler.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/websocket/stream_base.hpp>

#include <memory>
#include <string>
#include <utility>

namespace tvl::waits::awaiting {

template <class Handler>
class counted_read;
template <class Buffers, class Handler>
class deferred_read;

class stream_adapter {
 public:
  using send_queue = awaiting::send_queue;
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
  void read_at_any_time() { behind_output_ = false; }

  template <class Buffers, class Token>
  auto async_read_some(const Buffers& to, Token&& token) {
    return boost::asio::async_initiate<Token, void(error_code, std::size_t)>(
        [this](auto handler, const Buffers& b) { this->begin_read(b, std::move(handler)); }, token, to);
  }
  // Queues everything at once.
  template <class Buffers>
  std::size_t write_some(const Buffers& from, error_code& ec) {
    ec = {};
    const auto bytes = boost::beast::buffers_to_string(from);
    send_queue_.write(bytes);
    return bytes.size();
  }
  template <class Buffers, class Token>
  auto async_write_some(const Buffers& from, Token&& token) {
    return boost::asio::async_initiate<Token, void(error_code, std::size_t)>(
        [this](auto handler, const Buffers& b) {
          error_code ec;
          const auto n = this->write_some(b, ec);
          boost::asio::post(get_executor(), boost::beast::bind_handler(std::move(handler), ec, n));
        },
        token, from);
  }
  // Beast's accept() does not call these, but requires them.
  template <class Buffers>
  std::size_t read_some(const Buffers&, error_code&);
  template <class Buffers>
  std::size_t read_some(const Buffers&);
  template <class Buffers>
  std::size_t write_some(const Buffers&);

 private:
  template <class Handler>
  friend class counted_read;
  template <class Buffers, class Handler>
  friend class deferred_read;

  template <class Buffers, class Handler>
  void begin_read(const Buffers& to, Handler handler) {
    if (!early_) return deferred_read<Buffers, Handler>(to, {*this, std::move(handler)}).go_on();
    boost::asio::post(get_executor(), boost::beast::bind_handler(std::move(handler), error_code(), take_early(to)));
  }
  template <class Buffers>
  std::size_t take_early(const Buffers& to) {
    const auto n = boost::asio::buffer_copy(to, boost::asio::buffer(*early_));
    early_->erase(0, n);
    if (early_->empty()) early_.reset();
    return n;
  }

  send_queue& send_queue_;
  std::unique_ptr<std::string> early_;  // rarely any
  bool behind_output_ = true;
};

// A pending read: wraps the handler (with its executor, allocator, cancellation) and counts the bytes. Kept small,
// since every idle WebSocket has one: the socket's read holds the buffers.
template <class Handler>
class counted_read {
 public:
  counted_read(stream_adapter& from, Handler handler) : from_(&from), handler_(std::move(handler)) {}

  // Input or its end.
  void operator()(boost::system::error_code ec, std::size_t n) {
    from_->send_queue_.peer().work().bytes_in += n;
    std::move(handler_)(ec, n);
  }

  stream_adapter& from() const { return *from_; }
  const Handler& handler() const { return handler_; }

 private:
  stream_adapter* from_;
  Handler handler_;
};

// A read that waits until queued output is written.
template <class Buffers, class Handler>
class deferred_read {
 public:
  deferred_read(const Buffers& to, counted_read<Handler> read) : to_(to), read_(std::move(read)) {}

  void go_on() {
    auto& from = read_.from();
    auto& socket = from.send_queue_.peer().socket();
    if (from.behind_output_ && from.send_queue_.waiting())
      return socket.async_wait(runtime::tcp_socket::wait_write, std::move(*this));
    socket.async_read_some(to_, std::move(read_));
  }
  // The socket is writable.
  void operator()(boost::system::error_code) {
    read_.from().send_queue_.flush();
    go_on();
  }

  const Handler& handler() const { return read_.handler(); }

 private:
  Buffers to_;
  counted_read<Handler> read_;
};

// The session ends the connection, not Beast.
template <class Handler>
void async_teardown(boost::beast::role_type, stream_adapter& w, Handler&& handler) {
  boost::asio::post(w.get_executor(),
                    boost::beast::bind_handler(std::forward<Handler>(handler), boost::system::error_code()));
}
inline void teardown(boost::beast::role_type, stream_adapter&, boost::system::error_code& ec) { ec = {}; }
inline void beast_close_socket(stream_adapter&) {}

}  // namespace tvl::waits::awaiting

template <template <class, class> class Associator, class Handler, class Default>
struct boost::asio::associator<Associator, tvl::waits::awaiting::counted_read<Handler>, Default>
    : Associator<Handler, Default> {
  static auto get(const tvl::waits::awaiting::counted_read<Handler>& r, const Default& d = Default()) noexcept {
    return Associator<Handler, Default>::get(r.handler(), d);
  }
};

template <template <class, class> class Associator, class Buffers, class Handler, class Default>
struct boost::asio::associator<Associator, tvl::waits::awaiting::deferred_read<Buffers, Handler>, Default>
    : Associator<Handler, Default> {
  static auto get(const tvl::waits::awaiting::deferred_read<Buffers, Handler>& r,
                  const Default& d = Default()) noexcept {
    return Associator<Handler, Default>::get(r.handler(), d);
  }
};
