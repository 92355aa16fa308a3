#pragma once
// The client's side of WebSocket (RFC 6455) without I/O: the upgrade of an HTTP connection, and frames both ways.
// No extension is asked for, so none is accepted. Text is not checked for UTF-8: that is the server's work to show.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace tvl::load {

// The request that turns a connection into a WebSocket. `key` is base64 of 16 bytes, random if a proxy may be between.
std::string upgrade_request(std::string_view host, unsigned short port, std::string_view target, std::string_view key);
// The Sec-WebSocket-Accept that a server has to answer to `key`.
std::string accept_of(std::string_view key);

// The reply to an upgrade request. Owns nothing but the pieces of a reply that comes in more than one read.
class upgrade_reader {
 public:
  // refused: a whole HTTP head, but not the 101 that was asked for; `status` says what it was.
  enum class result { need_more, accepted, refused, bad };

  // Takes bytes from the front of `input` up to the end of the reply's head; behind an accepted one frames begin.
  result read(std::string_view& input, std::string_view accept, int& status);
  void reset() { partial_.reset(); }

 private:
  std::unique_ptr<std::string> partial_;
};

enum class opcode : unsigned char { continuation = 0, text = 1, binary = 2, close = 8, ping = 9, pong = 10 };

// One whole frame, masked as a client has to. The mask's highest byte is the first on the wire.
std::string client_frame(opcode, std::string_view payload, std::uint32_t mask);

// What a server sent.
struct incoming {
  opcode kind = opcode::text;
  std::string_view payload;  // lies in the bytes that were read or, when it came in pieces, in `kept`
  std::string kept;
};

// Messages and control frames out of a stream of bytes, fragments put together. Owns nothing between messages.
class frame_reader {
 public:
  // bad: what no server may send (masked, reserved bits or opcodes, fragments out of turn, malformed lengths) or a
  // message beyond the limit. The connection is of no more use then.
  enum class result { need_more, message, ping, close, bad };

  // A limit in bytes, on the payload of a whole message.
  explicit frame_reader(std::uint32_t limit = 1u << 20) : limit_(limit) {}

  // Takes bytes from the front of `input` until there is a message, a ping or a close, then leaves the rest. Pongs are
  // skipped. A close has a payload of 0 or at least 2 bytes (code, reason). No memory is taken before its bytes came.
  result read(std::string_view& input, incoming& into);
  void reset() { partial_.reset(); }

 private:
  struct frame;
  struct partial;
  struct deleter {
    void operator()(partial*) const;
  };
  partial& kept();
  result read_head(std::string_view& input, frame& into);
  bool is_allowed(const frame&) const;
  result finish(const frame&, std::string_view last_piece, incoming& into);

  std::unique_ptr<partial, deleter> partial_;
  std::uint32_t limit_;
};

static_assert(sizeof(frame_reader) <= 16, "there is one in every connection of the generator");

}  // namespace tvl::load
