#pragma once
// How much of anything one WebSocket may be. One set, built in, so that no contestant is kinder than another. The
// opening handshake is a request like others: handler/limits.hpp.

#include <cstddef>

namespace tvl::waits::websocket_limits {

inline constexpr std::size_t message = 1u << 20;  // bytes of one message, else it is closed with 1009
inline constexpr std::size_t first_read =
    40;  // bytes that a message is given room for before any of it is there; idle, too
inline constexpr std::size_t next_read = 4096;        // the same when some of it is, at least
inline constexpr std::size_t most_read = 64u << 10;   // bytes read into a message at once
inline constexpr std::size_t kept_buffer = 1024;      // bytes of a message's buffer that outlive the message
inline constexpr std::size_t dropped_read = 4096;     // bytes read at once behind the close frame
inline constexpr std::size_t after_close = 4u << 20;  // bytes read and dropped behind the close frame

}  // namespace tvl::waits::websocket_limits
