// The engine's WebSockets: upgrades, echoes, other messages, control frames.
//
// A message that equals the one sent is its echo. Any other is unasked, and so is one while no request waits: the
// server pushed it. When the echo does not come, another message was a wrong echo: patience() says when.

#include "clients/load/base/clock.hpp"
#include "clients/load/base/printable.hpp"
#include "clients/load/engine/engine.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <string>

namespace tvl::load {
namespace {

constexpr std::size_t most_unsent = 64u << 10;  // bytes of a connection's control frames; beyond it none is answered

}  // namespace

void engine::upgrade(connection& c, std::string_view bytes, std::int64_t now) {
  std::string cause;
  switch (c.upgrade.read(bytes, opening_.upgrade, cause)) {
    case upgrade_reader::result::need_more:
      return;
    case upgrade_reader::result::accepted:
      c.strange = false;
      read_frames(c, bytes, false, now);  // a greeting
      if (c.now == state::upgrading) established(c, now);
      return;
    case upgrade_reader::result::refused:
    case upgrade_reader::result::bad:
      return refuse(c, cause, now);
  }
}

void engine::refuse(connection& c, const std::string& cause, std::int64_t now) {
  note_connect_error(cause);
  connect_failed(c, EPROTO, now);
}

// The next message is sent after all frames of a read: what was read before it cannot be its echo.
void engine::read_frames(connection& c, std::string_view bytes, bool hang_up, std::int64_t now) {
  bool answered = false, right = false;
  incoming in;
  while (!bytes.empty()) {
    switch (c.frames.read(bytes, in)) {
      case frame_reader::result::need_more:
        break;
      case frame_reader::result::message:
        if (c.now == state::waiting && !answered)
          answered = answers(c, in.payload, right, now);
        else
          unasked(in.payload);
        break;
      case frame_reader::result::ping:
        ++records_.websocket.pings;
        answer_control(c, opcode::pong, in.payload);
        break;
      case frame_reader::result::close:
        answer_control(c, opcode::close, in.payload);
        if (answered) return replied(c, {200, false, right}, now);
        return websocket_closed(c, "the server closed the WebSocket: " + close_words(in.payload), now);
      case frame_reader::result::bad:
        return websocket_failed(c, "the server sent " + std::string(in.payload), now);
    }
  }
  if (answered) replied(c, {200, !hang_up, right}, now);
}

// Whether the message ends the request.
bool engine::answers(connection& c, std::string_view payload, bool& right, std::int64_t now) {
  right = payload == *targets_[c.target].expected.body;
  if (right) {
    slowest_echo_ = std::max(slowest_echo_, now - c.sent);
    c.strange = false;
    return true;
  }
  strange_text_.assign(payload, 0, 100);
  if (wrong_echoes_ && slowest_echo_ == 0) {  // as before: this server gives no right ones
    explain_wrong_echo(c);
    return true;
  }
  c.strange = true;
  next_watch_ = std::min(next_watch_, c.sent + patience());
  unasked(payload);
  return false;
}

void engine::unasked(std::string_view payload) {
  auto& counts = records_.websocket;
  if (counts.unasked++ == 0) counts.first_unasked = in_quotes(payload);
}

// How long after a message an echo is awaited when another message has come: ten times the slowest echo so far.
std::int64_t engine::patience() const {
  const auto wanted = slowest_echo_ == 0 ? one_second : std::max(10 * slowest_echo_, 100 * one_millisecond);
  return std::min(wanted, timeout_ns_);
}

// The message that was counted as unasked was a reply. The connection is closed, because an echo that comes late would
// be taken for that of the next message.
void engine::wrong_echo(connection& c, std::int64_t now) {
  auto& counts = records_.websocket;
  if (--counts.unasked == 0) counts.first_unasked.reset();
  c.strange = false;
  wrong_echoes_ = true;
  explain_wrong_echo(c);
  fail(c, &request_counts::status_errors, now);
}

void engine::explain_wrong_echo(const connection& c) {
  if (records_.first_error_text) return;
  records_.explain("wrong echo: " + in_quotes(strange_text_) + " instead of " +
                   in_quotes(*targets_[c.target].expected.body));
}

// In an orderly way, without an answer to the message sent, if any.
void engine::websocket_closed(connection& c, const std::string& cause, std::int64_t now) {
  if (c.now == state::upgrading) return refuse(c, cause, now);
  records_.explain(cause);
  closed_early(c, now);
}

void engine::websocket_failed(connection& c, const std::string& cause, std::int64_t now) {
  if (c.now == state::upgrading) return refuse(c, cause, now);
  records_.explain(cause);
  fail(c, &request_counts::protocol_errors, now);
}

void engine::websocket_hung_up(connection& c, std::int64_t now) {
  if (c.now == state::upgrading) return refuse(c, upgrade_unanswered, now);
  if (!c.frames.between_messages())
    return websocket_failed(c, "the server closed the connection in the middle of a message", now);
  websocket_closed(c, "the server closed the connection without a close frame", now);
}

// ---- control frames

// Echoes the payload: at once, or behind what the socket has not taken yet. An error is left to the next read.
void engine::answer_control(connection& c, opcode kind, std::string_view payload) {
  const std::string frame = client_frame(kind, payload, no_mask);
  std::size_t sent = 0;
  if (!in_a_message(c) && !controls_.contains(&c)) {
    const ssize_t n = ::send(c.socket, frame.data(), frame.size(), MSG_NOSIGNAL);
    if (n == static_cast<ssize_t>(frame.size()) || (n < 0 && errno != EAGAIN)) return;
    sent = static_cast<std::size_t>(std::max<ssize_t>(n, 0));
  }
  std::string& waiting = controls_[&c];
  if (waiting.size() < most_unsent) waiting.append(frame, sent);
}

// Control frames go between messages.
bool engine::in_a_message(const connection& c) const {
  return c.unsent > 0 && c.unsent < targets_[c.target].request.size();
}

// Returns whether a message may be sent: no part of a control frame is unsent.
bool engine::send_controls(connection& c) {
  const auto waiting = controls_.find(&c);
  if (waiting == controls_.end() || in_a_message(c)) return true;
  std::string& bytes = waiting->second;
  const ssize_t n = ::send(c.socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  if (n < 0 && errno != EAGAIN) bytes.clear();  // the next read tells
  bytes.erase(0, static_cast<std::size_t>(std::max<ssize_t>(n, 0)));
  if (!bytes.empty()) return false;
  controls_.erase(waiting);
  return true;
}

}  // namespace tvl::load
