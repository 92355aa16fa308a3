#pragma once
// A server's WebSocket frames, serialised once for all recipients.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace tvl::waits {

// Shared by the send queues that still hold it.
using frame = std::shared_ptr<const std::string>;

enum class opcode : unsigned char { text = 1, binary = 2, close = 8 };

enum class close_code : std::uint16_t {
  going_away = 1001,
  not_utf8 = 1007,
  policy_error = 1008,
  try_again_later = 1013
};

frame make_frame(opcode, std::string_view payload);
frame make_close(close_code);

// Whether valid UTF-8 ends within a character.
bool is_cut_off(std::string_view utf8);

// Whether the bytes begin with a server's close frame.
bool is_close(std::string_view bytes);

}  // namespace tvl::waits
