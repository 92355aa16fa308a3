#include "clients/load/protocol/websocket_frames.hpp"

#include "clients/load/base/printable.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace tvl::load {

namespace {

constexpr std::uint64_t most_control = 125;  // RFC 6455 5.5

void append_big_endian(std::string& to, std::uint64_t value, int bytes) {
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) to += static_cast<char>(value >> shift);
}

std::uint64_t read_big_endian(std::string_view bytes) {
  std::uint64_t value = 0;
  for (const char c : bytes) value = value << 8 | static_cast<unsigned char>(c);
  return value;
}

bool is_control(opcode kind) { return static_cast<unsigned char>(kind) >= 8; }

frame_reader::result bad(std::string cause, incoming& into) {
  into.kept = std::move(cause);
  into.payload = into.kept;
  return frame_reader::result::bad;
}

// RFC 6455 7.4.1
const char* meaning_of(std::uint64_t code) {
  switch (code) {
    case 1000:
      return " (normal)";
    case 1001:
      return " (going away)";
    case 1002:
      return " (protocol error)";
    case 1003:
      return " (unsupported data)";
    case 1007:
      return " (invalid data)";
    case 1008:
      return " (policy violation)";
    case 1009:
      return " (message too big)";
    case 1010:
      return " (extension missing)";
    case 1011:
      return " (internal error)";
    case 1012:
      return " (service restart)";
    case 1013:
      return " (try again later)";
  }
  return "";
}

}  // namespace

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

std::string close_words(std::string_view payload) {
  if (payload.size() < 2) return "no code";
  const auto code = read_big_endian(payload.substr(0, 2));
  const auto words = std::to_string(code) + meaning_of(code);
  return payload.size() == 2 ? words : words + ' ' + in_quotes(payload.substr(2), 123);
}

struct frame_reader::frame {
  bool last = false;      // of its message
  bool masked = false;    // a server must not
  bool reserved = false;  // one of the bits for extensions is set
  bool longer = false;    // its length is not in the shortest form
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
      if (!read_head(input, f)) return result::need_more;
      if (!is_allowed(f)) return bad(fault_of(f), into);
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

// False: the header is not complete.
bool frame_reader::read_head(std::string_view& input, frame& into) {
  std::string_view bytes = input;
  const std::size_t before = partial_ ? partial_->head.size() : 0;
  constexpr std::size_t most = 10;
  std::string joined;
  if (before > 0) bytes = joined = partial_->head + std::string(input.substr(0, most));
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
  // What the first two bytes do wrong is told without the rest.
  const bool wrong = bytes.size() >= 2 && ((byte(0) & 0x70) != 0 || (byte(1) & 0x80) != 0);
  const unsigned short_length = bytes.size() < 2 ? 0 : byte(1) & 0x7fu;
  const std::size_t more = wrong ? 0 : short_length == 126 ? 2 : short_length == 127 ? 8 : 0;
  if (bytes.size() < 2 + more) {
    kept().head = bytes;
    input = {};
    return false;
  }
  into.last = (byte(0) & 0x80) != 0;
  into.reserved = (byte(0) & 0x70) != 0;
  into.masked = (byte(1) & 0x80) != 0;
  into.kind = static_cast<opcode>(byte(0) & 0x0f);
  into.left = more > 0 ? read_big_endian(bytes.substr(2, more)) : short_length;
  into.longer = (more == 2 && into.left < 126) || (more == 8 && into.left <= 0xffff);
  input.remove_prefix(2 + more - before);
  if (before > 0) partial_->head.clear();
  return true;
}

bool frame_reader::is_allowed(const frame& f) const {
  if (f.masked || f.reserved || f.longer) return false;
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

// Of a frame that is not allowed.
std::string frame_reader::fault_of(const frame& f) const {
  if (f.masked) return "a masked frame, which only a client may send";
  if (f.reserved) return "a frame with a reserved bit, without an extension that defines it";
  if (f.longer) return "a length of " + std::to_string(f.left) + " that is not in its shortest form";
  const auto code = static_cast<unsigned>(f.kind);
  if ((code > 2 && code < 8) || code > 10) return "a frame with the reserved opcode " + std::to_string(code);
  if (is_control(f.kind)) {
    const std::string name = f.kind == opcode::close ? "close" : f.kind == opcode::ping ? "ping" : "pong";
    if (!f.last) return "a " + name + " in fragments";
    if (f.left > most_control)
      return "a " + name + " of " + std::to_string(f.left) + " bytes, limit " + std::to_string(most_control);
    return "a close of one byte, which is half of a code";
  }
  const bool fragmented = partial_ && partial_->fragmented;
  if (f.kind == opcode::continuation && !fragmented) return "a continuation of no message";
  if (f.kind != opcode::continuation && fragmented) return "a new message within one in fragments";
  return "a message of more than " + std::to_string(limit_) + " bytes";
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
