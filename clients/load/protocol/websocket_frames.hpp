#pragma once
// Frames of a WebSocket client (RFC 6455 5) without I/O. No extensions; text is not checked for UTF-8.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace tvl::load {

enum class opcode : unsigned char { continuation = 0, text = 1, binary = 2, close = 8, ping = 9, pong = 10 };

// A random mask protects proxies (RFC 6455 10.3), which loopback does not have.
inline constexpr std::uint32_t no_mask = 0;

// One complete masked frame. The mask's highest byte is sent first.
std::string client_frame(opcode, std::string_view payload, std::uint32_t mask);

// A message or control frame from the server; after `bad`, the payload is the cause in words.
struct incoming {
  incoming() = default;
  incoming(const incoming&) = delete;  // the payload of a copy would point into the original
  incoming& operator=(const incoming&) = delete;

  opcode kind = opcode::text;
  std::string_view payload;  // points into the input or, when it arrived in pieces, into `kept`
  std::string kept;
};

// What a close frame says, in words: "1001 (going away) 'that will do'", or "no code".
std::string close_words(std::string_view payload);

// Reads messages and control frames from a byte stream; joins fragments. Allocates nothing between messages.
class frame_reader {
 public:
  // bad: a protocol violation (masked, reserved bits or opcodes, fragments out of order, malformed lengths, a control
  // frame of more than 125 bytes) or a message above the limit. The connection must be closed.
  enum class result { need_more, message, ping, close, bad };

  // `limit`: bytes of a whole message's payload.
  explicit frame_reader(std::uint32_t limit = 1u << 20) : limit_(limit) {}

  // Consumes `input` up to the end of a message, ping or close; skips pongs. A close has a payload of 0 or at least 2
  // bytes (code, reason). Memory grows with received bytes, not with announced lengths.
  result read(std::string_view& input, incoming& into);
  void reset() { partial_.reset(); }
  // Neither a frame nor a message in fragments has begun.
  bool between_messages() const { return !partial_; }

 private:
  struct frame;
  struct partial;
  struct deleter {
    void operator()(partial*) const;
  };
  partial& kept();
  bool read_head(std::string_view& input, frame& into);
  bool is_allowed(const frame&) const;
  std::string fault_of(const frame&) const;
  result finish(const frame&, std::string_view last_piece, incoming& into);

  std::unique_ptr<partial, deleter> partial_;
  std::uint32_t limit_;
};

static_assert(sizeof(frame_reader) <= 16, "every connection of the generator has one");

}  // namespace tvl::load
