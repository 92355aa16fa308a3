#include "clients/load/protocol/websocket_frames.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/rfc7230.hpp>
#include <boost/beast/websocket/detail/hybi13.hpp>

#include <algorithm>
#include <optional>
#include <utility>

namespace tvl::load {

namespace http = boost::beast::http;
namespace beast_detail = boost::beast::websocket::detail;

namespace {

constexpr std::size_t most_head = 64u << 10;  // bytes, of an upgrade's reply; limits memory use
constexpr std::uint64_t most_control = 125;   // RFC 6455 5.5

void append_big_endian(std::string& to, std::uint64_t value, int bytes) {
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) to += static_cast<char>(value >> shift);
}

std::uint64_t read_big_endian(std::string_view bytes) {
  std::uint64_t value = 0;
  for (const char c : bytes) value = value << 8 | static_cast<unsigned char>(c);
  return value;
}

bool is_control(opcode kind) { return static_cast<unsigned char>(kind) >= 8; }

upgrade_reader::result judge_upgrade(std::string_view head, std::string_view accept, int& status) {
  http::response_parser<http::empty_body> parser;
  parser.skip(true);
  parser.header_limit(most_head);
  boost::beast::error_code ec;
  parser.put(boost::asio::const_buffer(head.data(), head.size()), ec);
  if (ec || !parser.is_header_done()) return upgrade_reader::result::bad;
  const auto& fields = parser.get();
  status = fields.result_int();
  if (status != 101) return upgrade_reader::result::refused;
  const bool right = http::token_list(fields[http::field::upgrade]).exists("websocket") &&
                     http::token_list(fields[http::field::connection]).exists("upgrade") &&
                     std::string_view(fields[http::field::sec_websocket_accept]) == accept &&
                     fields.count(http::field::sec_websocket_extensions) == 0 &&
                     fields.count(http::field::sec_websocket_protocol) == 0;
  return right ? upgrade_reader::result::accepted : upgrade_reader::result::bad;
}

}  // namespace

// ---- the upgrade

std::string upgrade_request(std::string_view host, unsigned short port, std::string_view target, std::string_view key) {
  std::string text = "GET ";
  text.append(target).append(" HTTP/1.1\r\nHost: ").append(host).append(":").append(std::to_string(port));
  text.append("\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ");
  return text.append(key).append("\r\n\r\n");
}

std::string accept_of(std::string_view key) {
  beast_detail::sec_ws_accept_type accept;
  beast_detail::make_sec_ws_accept(accept, {key.data(), key.size()});
  return {accept.data(), accept.size()};
}

upgrade_reader::result upgrade_reader::read(std::string_view& input, std::string_view accept, int& status) {
  constexpr std::string_view end_of_head = "\r\n\r\n";
  const std::size_t before = partial_ ? partial_->size() : 0;
  const std::size_t take = std::min(input.size(), most_head - before);
  std::string joined;
  std::string_view text = input.substr(0, take);
  if (partial_) text = joined = std::exchange(*partial_, {}).append(text);
  const auto end = text.find(end_of_head, before - std::min(before, end_of_head.size() - 1));
  if (end == text.npos) {
    if (text.size() == most_head) return result::bad;
    partial_ = std::make_unique<std::string>(text);
    input = {};
    return result::need_more;
  }
  const std::size_t size = end + end_of_head.size();
  input.remove_prefix(size - before);
  partial_.reset();
  return judge_upgrade(text.substr(0, size), accept, status);
}

// ---- frames out

std::string client_frame(opcode kind, std::string_view payload, std::uint32_t mask) {
  constexpr char fin = '\x80';
  constexpr std::uint64_t masked = 0x80;
  std::string bytes;
  bytes.reserve(payload.size() + 14);
  bytes += static_cast<char>(fin | static_cast<char>(kind));
  if (payload.size() <= 125) {
    append_big_endian(bytes, masked | payload.size(), 1);
  } else if (payload.size() <= 0xffff) {
    append_big_endian(bytes, masked | 126, 1);
    append_big_endian(bytes, payload.size(), 2);
  } else {
    append_big_endian(bytes, masked | 127, 1);
    append_big_endian(bytes, payload.size(), 8);
  }
  append_big_endian(bytes, mask, 4);
  for (std::size_t i = 0; i < payload.size(); ++i)
    bytes += static_cast<char>(static_cast<unsigned char>(payload[i]) ^ (mask >> (24 - 8 * (i % 4)) & 0xff));
  return bytes;
}

// ---- frames in

struct frame_reader::frame {
  bool last = false;  // of its message
  opcode kind = opcode::text;
  std::uint64_t left = 0;  // bytes of its payload that have not arrived
};

struct frame_reader::partial {
  std::string head;              // received part of the next frame's header
  std::optional<frame> current;  // header complete, payload incomplete
  std::string control;           // received payload of a control frame
  bool fragmented = false;       // further frames of the message follow
  opcode kind = opcode::text;    // of that message
  std::string message;           // its received payload
};

void frame_reader::deleter::operator()(partial* p) const { delete p; }

frame_reader::partial& frame_reader::kept() {
  if (!partial_) partial_.reset(new partial);
  return *partial_;
}

frame_reader::result frame_reader::read(std::string_view& input, incoming& into) {
  while (!input.empty()) {
    frame f;
    if (partial_ && partial_->current) {
      f = *partial_->current;
    } else {
      const auto head = read_head(input, f);
      if (head != result::message) return head;
      if (!is_allowed(f)) return result::bad;
    }
    const auto piece = input.substr(0, std::min<std::uint64_t>(f.left, input.size()));
    input.remove_prefix(piece.size());
    f.left -= piece.size();
    if (f.left > 0) {
      kept().current = f;
      (is_control(f.kind) ? kept().control : kept().message).append(piece);
      return result::need_more;
    }
    const auto done = finish(f, piece, into);
    if (done != result::need_more) return done;
  }
  return result::need_more;
}

// Returns `message` for a complete header.
frame_reader::result frame_reader::read_head(std::string_view& input, frame& into) {
  std::string_view bytes = input;
  const std::size_t before = partial_ ? partial_->head.size() : 0;
  constexpr std::size_t most = 10;
  std::string joined;
  if (before > 0) bytes = joined = partial_->head + std::string(input.substr(0, most));
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
  const std::size_t more = bytes.size() < 2 ? 0 : byte(1) == 126 ? 2 : byte(1) == 127 ? 8 : 0;
  if (bytes.size() < 2 + more) {
    kept().head = bytes;
    input = {};
    return result::need_more;
  }
  if ((byte(0) & 0x70) != 0 || (byte(1) & 0x80) != 0) return result::bad;  // reserved bits; masked
  into.last = (byte(0) & 0x80) != 0;
  into.kind = static_cast<opcode>(byte(0) & 0x0f);
  into.left = more > 0 ? read_big_endian(bytes.substr(2, more)) : byte(1);
  if ((more == 2 && into.left < 126) || (more == 8 && into.left <= 0xffff))
    return result::bad;  // not the shortest encoding
  input.remove_prefix(2 + more - before);
  if (before > 0) partial_->head.clear();
  return result::message;
}

bool frame_reader::is_allowed(const frame& f) const {
  const bool fragmented = partial_ && partial_->fragmented;
  const std::uint64_t before = fragmented ? partial_->message.size() : 0;
  switch (f.kind) {
    case opcode::continuation:
      return fragmented && f.left <= limit_ - before;
    case opcode::text:
    case opcode::binary:
      return !fragmented && f.left <= limit_;
    case opcode::close:
      return f.last && f.left <= most_control && f.left != 1;
    case opcode::ping:
    case opcode::pong:
      return f.last && f.left <= most_control;
  }
  return false;
}

// The frame's payload is complete with `last_piece`.
frame_reader::result frame_reader::finish(const frame& f, std::string_view last_piece, incoming& into) {
  const bool control = is_control(f.kind);
  into.kind = f.kind;
  into.payload = last_piece;
  if (!control && !f.last) {
    partial& p = kept();
    if (f.kind != opcode::continuation) p.kind = f.kind;
    p.fragmented = true;
    p.message.append(last_piece);
    p.current.reset();
    return result::need_more;
  }
  if (partial_) {
    if (f.kind == opcode::continuation) into.kind = partial_->kind;
    if (partial_->current || (!control && partial_->fragmented)) {
      into.kept = std::exchange(control ? partial_->control : partial_->message, {}).append(last_piece);
      into.payload = into.kept;
    }
    partial_->current.reset();
    if (!control || !partial_->fragmented) partial_.reset();
  }
  if (f.kind == opcode::pong) return result::need_more;
  return f.kind == opcode::ping ? result::ping : f.kind == opcode::close ? result::close : result::message;
}

}  // namespace tvl::load
