#pragma once
// What Boost.Beast reads a WebSocket on the loop from and writes it to.

#include "servers/drivers/websocket/awaiting_outbox.hpp"
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
class wire_read;
template <class Buffers, class Handler>
class wire_turn;

class wire {
 public:
  using outlet = awaiting::outlet;
  using executor_type = runtime::executor;
  using error_code = boost::system::error_code;

  explicit wire(outlet& o) : outlet_(o) {}

  executor_type get_executor() const { return outlet_.peer().socket().get_executor(); }

  // What has been read already, and counted.
  void begin_with(std::string bytes) {
    if (!bytes.empty()) early_ = std::make_unique<std::string>(std::move(bytes));
  }
  // An echo reads no further while it has something to write: a client that takes nothing is not read from. Where
  // others write, too, and at the end, input does not wait for that.
  void read_at_any_time() { behind_output_ = false; }

  template <class Buffers, class Token>
  auto async_read_some(const Buffers& to, Token&& token) {
    return boost::asio::async_initiate<Token, void(error_code, std::size_t)>(
        [this](auto handler, const Buffers& b) { this->begin_read(b, std::move(handler)); }, token, to);
  }
  // Takes everything, at once.
  template <class Buffers>
  std::size_t write_some(const Buffers& from, error_code& ec) {
    ec = {};
    const auto bytes = boost::beast::buffers_to_string(from);
    outlet_.write(bytes);
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
  // Beast's accept() writes only, but checks that these are there, too.
  template <class Buffers>
  std::size_t read_some(const Buffers&, error_code&);
  template <class Buffers>
  std::size_t read_some(const Buffers&);
  template <class Buffers>
  std::size_t write_some(const Buffers&);

 private:
  template <class Handler>
  friend class wire_read;
  template <class Buffers, class Handler>
  friend class wire_turn;

  template <class Buffers, class Handler>
  void begin_read(const Buffers& to, Handler handler) {
    if (!early_) return wire_turn<Buffers, Handler>(to, {*this, std::move(handler)}).go_on();
    boost::asio::post(get_executor(), boost::beast::bind_handler(std::move(handler), error_code(), take_early(to)));
  }
  template <class Buffers>
  std::size_t take_early(const Buffers& to) {
    const auto n = boost::asio::buffer_copy(to, boost::asio::buffer(*early_));
    early_->erase(0, n);
    if (early_->empty()) early_.reset();
    return n;
  }

  outlet& outlet_;
  std::unique_ptr<std::string> early_;  // seldom any
  bool behind_output_ = true;
};

// A read under way: a handler that stands for the one it was begun with (its executor, allocator, cancellation). What
// is in it, every idle WebSocket holds: so it knows no buffers, which the socket's read does.
template <class Handler>
class wire_read {
 public:
  wire_read(wire& from, Handler handler) : from_(&from), handler_(std::move(handler)) {}

  // There was input, or its end.
  void operator()(boost::system::error_code ec, std::size_t n) {
    from_->outlet_.peer().work().bytes_in += n;
    std::move(handler_)(ec, n);
  }

  wire& from() const { return *from_; }
  const Handler& handler() const { return handler_; }

 private:
  wire* from_;
  Handler handler_;
};

// A read that may have to wait its turn, behind output.
template <class Buffers, class Handler>
class wire_turn {
 public:
  wire_turn(const Buffers& to, wire_read<Handler> read) : to_(to), read_(std::move(read)) {}

  void go_on() {
    auto& from = read_.from();
    auto& socket = from.outlet_.peer().socket();
    if (from.behind_output_ && from.outlet_.waiting())
      return socket.async_wait(runtime::tcp_socket::wait_write, std::move(*this));
    socket.async_read_some(to_, std::move(read_));
  }
  // There may be room for output.
  void operator()(boost::system::error_code) {
    read_.from().outlet_.flush();
    go_on();
  }

  const Handler& handler() const { return read_.handler(); }

 private:
  Buffers to_;
  wire_read<Handler> read_;
};

// The conversation ends the connection, not Beast.
template <class Handler>
void async_teardown(boost::beast::role_type, wire& w, Handler&& handler) {
  boost::asio::post(w.get_executor(),
                    boost::beast::bind_handler(std::forward<Handler>(handler), boost::system::error_code()));
}
inline void teardown(boost::beast::role_type, wire&, boost::system::error_code& ec) { ec = {}; }
inline void beast_close_socket(wire&) {}

}  // namespace tvl::waits::awaiting

template <template <class, class> class Associator, class Handler, class Default>
struct boost::asio::associator<Associator, tvl::waits::awaiting::wire_read<Handler>, Default>
    : Associator<Handler, Default> {
  static auto get(const tvl::waits::awaiting::wire_read<Handler>& r, const Default& d = Default()) noexcept {
    return Associator<Handler, Default>::get(r.handler(), d);
  }
};

template <template <class, class> class Associator, class Buffers, class Handler, class Default>
struct boost::asio::associator<Associator, tvl::waits::awaiting::wire_turn<Buffers, Handler>, Default>
    : Associator<Handler, Default> {
  static auto get(const tvl::waits::awaiting::wire_turn<Buffers, Handler>& r, const Default& d = Default()) noexcept {
    return Associator<Handler, Default>::get(r.handler(), d);
  }
};
