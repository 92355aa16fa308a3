#include "servers/drivers/websocket/server_frame.hpp"

namespace tvl::waits {
namespace {

constexpr unsigned char fin = 0x80;

void append_big_endian(std::string& to, std::uint64_t value, int bytes) {
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) to += static_cast<char>(value >> shift);
}

}  // namespace

// RFC 6455 5.2; servers do not mask.
frame make_frame(opcode what, std::string_view payload) {
  auto bytes = std::make_shared<std::string>();
  bytes->reserve(payload.size() + 10);
  append_big_endian(*bytes, fin | static_cast<unsigned char>(what), 1);
  if (payload.size() <= 125) {
    append_big_endian(*bytes, payload.size(), 1);
  } else if (payload.size() <= 0xffff) {
    append_big_endian(*bytes, 126, 1);
    append_big_endian(*bytes, payload.size(), 2);
  } else {
    append_big_endian(*bytes, 127, 1);
    append_big_endian(*bytes, payload.size(), 8);
  }
  *bytes += payload;
  return bytes;
}

frame make_close(close_code code) {
  const auto n = static_cast<std::uint16_t>(code);
  const char payload[] = {static_cast<char>(n >> 8), static_cast<char>(n)};
  return make_frame(opcode::close, {payload, sizeof payload});
}

bool is_cut_off(std::string_view utf8) {
  std::size_t behind = 0;  // trailing continuation bytes
  while (behind < utf8.size() && (utf8[utf8.size() - 1 - behind] & 0xc0) == 0x80) ++behind;
  if (behind == utf8.size()) return false;
  const auto first = static_cast<unsigned char>(utf8[utf8.size() - 1 - behind]);
  const std::size_t needed = first < 0x80 ? 0 : first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
  return behind < needed;
}

bool is_close(std::string_view bytes) {
  return !bytes.empty() &&
         static_cast<unsigned char>(bytes.front()) == (fin | static_cast<unsigned char>(opcode::close));
}

}  // namespace tvl::waits
