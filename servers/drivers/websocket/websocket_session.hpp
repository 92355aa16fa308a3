#pragma once
// WebSocket protocol of one connection without the waiting, which threads, coroutines and fibers do in their own way:
//
//   websocket_session ws(peer, rooms, plan, options);             // replies to the handshake
//   while (!ws.over()) {
//     n = ws.closing() ? ws.adapter().read_some(ws.space(), ec)   // waits
//                      : ws.stream().read_some(ws.space(), ec);   // waits
//     ws.took(ec, n);
//   }
//
// Boost.Beast's stream does the handshake, reads, validates, and answers pings and close frames. Messages bypass it to
// the send queue as whole frames: a room makes a frame once for all members and may queue it between others. Beast's
// write would need exclusive use of the stream and one copy per member.

#include "servers/drivers/websocket/send_queue.hpp"
#include "servers/drivers/websocket/server_frame.hpp"
#include "servers/drivers/websocket/websocket_limits.hpp"
#include "servers/runtime/peer.hpp"
#include "servers/runtime/service_options.hpp"

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/websocket/stream.hpp>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>

namespace tvl::waits {

// Adapter: the stream below Beast, with its `send_queue`. Rooms: join() makes a send_queue a member.
template <class Adapter, class Rooms>
class websocket_session {
 public:
  using error_code = boost::system::error_code;
  using stream_type = boost::beast::websocket::stream<Adapter, false>;  // without permessage-deflate
  using send_queue = typename Adapter::send_queue;

  // All arguments must outlive it.
  websocket_session(runtime::peer& p, Rooms& rooms, const handler::plan& plan, const service_options& o)
      : peer_(p),
        send_queue_(std::make_shared<send_queue>(p)),
        stream_(*send_queue_),
        message_(websocket_limits::message + 1) {
    stream_.read_message_max(websocket_limits::message);
    accept_handshake(*plan.text);
    adapter().begin_with(p.session().upgrade());
    if (plan.kind == handler::plan::operation::ws_room) {
      send_queue_->limit_to({o.room_queue, o.room_slow});
      adapter().read_at_any_time();
      membership_ = rooms.join(plan.number, send_queue_);
    }
    peer_.entry().on_drain(send_queue_.get());
    send_queue_->open();
  }
  ~websocket_session() {
    peer_.entry().on_drain(nullptr);
    membership_.reset();
    runtime::websocket_work done{.upgrades = 1, .messages_in = messages_in_, .protocol_failures = failed_ ? 1u : 0u};
    send_queue_->count(done, peer_.work().bytes_out);
    peer_.entry().add(done);
  }
  websocket_session(const websocket_session&) = delete;
  websocket_session& operator=(const websocket_session&) = delete;

  stream_type& stream() { return stream_; }
  Adapter& adapter() { return stream_.next_layer(); }

  // Buffer of the next read. It grows with the message received, so announcing a long message costs no memory.
  boost::asio::mutable_buffer space() {
    if (closing_) return message_.prepare(websocket_limits::dropped_read);
    if (message_.size() == 0) return message_.prepare(websocket_limits::first_read);
    const auto most = std::clamp(message_.size(), websocket_limits::next_read, websocket_limits::most_read);
    return message_.prepare(std::min({stream_.read_size_hint(most), most, message_.max_size() - message_.size()}));
  }
  void took(const error_code& ec, std::size_t bytes) {
    if (closing_) return drop(ec, bytes);
    if (ec) return end(ec);
    message_.commit(bytes);
    if (stream_.is_message_done()) pass_on();
  }

  // The close frame is queued; input is discarded until the client closes. Closing earlier would reset the connection
  // and lose the close frame.
  bool closing() const { return closing_; }
  bool over() const { return over_; }

 private:
  // Beast can only be opened by a request. The handler has checked the client's; this one has the same key.
  void accept_handshake(std::string_view key) {
    namespace http = boost::beast::http;
    http::request<http::empty_body> request(http::verb::get, "/", 11);
    request.set(http::field::host, "a");
    request.set(http::field::connection, "Upgrade");
    request.set(http::field::upgrade, "websocket");
    request.set(http::field::sec_websocket_version, "13");
    request.set(http::field::sec_websocket_key, boost::beast::string_view(key.data(), key.size()));
    // Beast's default names its version.
    stream_.set_option(boost::beast::websocket::stream_base::decorator(
        [](boost::beast::websocket::response_type& r) { r.set(http::field::server, "threads-vs-loop"); }));
    error_code ec;
    stream_.accept(request, ec);
    if (ec) over_ = true;
  }

  void pass_on() {
    const std::string_view bytes(static_cast<const char*>(message_.cdata().data()), message_.size());
    // Beast 1.81 misses this when an empty frame ends the message.
    if (stream_.got_text() && is_cut_off(bytes)) return fail(close_code::not_utf8);
    ++messages_in_;
    const auto message = make_frame(stream_.got_text() ? opcode::text : opcode::binary, bytes);
    membership_ ? membership_->send(message) : send_queue_->send(message);
    message_.consume(message_.size());
    if (message_.capacity() > websocket_limits::kept_buffer) message_.shrink_to_fit();
  }

  void end(const error_code& ec) {
    const auto closed = make_error_code(boost::beast::websocket::error::closed);
    if (ec.category() != closed.category()) {
      over_ = true;  // the client is gone, or too late
      return;
    }
    failed_ = ec != closed;
    begin_to_close();
  }
  void fail(close_code code) {
    failed_ = true;
    send_queue_->close(code);
    begin_to_close();
  }
  void begin_to_close() {
    membership_.reset();
    message_ = boost::beast::flat_buffer(websocket_limits::dropped_read);
    closing_ = true;
    adapter().read_at_any_time();
    send_queue_->finish();
  }

  void drop(const error_code& ec, std::size_t bytes) {
    dropped_ += static_cast<std::uint32_t>(bytes);
    over_ = ec || dropped_ > websocket_limits::after_close;
  }

  runtime::peer& peer_;
  const std::shared_ptr<send_queue> send_queue_;
  stream_type stream_;
  std::unique_ptr<typename Rooms::membership> membership_;
  boost::beast::flat_buffer message_;
  std::uint64_t messages_in_ = 0;
  std::uint32_t dropped_ = 0;  // bytes
  bool failed_ = false, closing_ = false, over_ = false;
};

}  // namespace tvl::waits
