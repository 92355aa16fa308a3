#pragma once
// Limits of one WebSocket, built in and equal for all contestants. For the opening handshake see handler/limits.hpp.

#include <cstddef>

namespace tvl::waits::websocket_limits {

inline constexpr std::size_t message = 1u << 20;      // bytes of one message, else close code 1009
inline constexpr std::size_t first_read = 40;         // buffer bytes before a message begins, so also while idle
inline constexpr std::size_t next_read = 4096;        // at least, once a message has begun
inline constexpr std::size_t most_read = 64u << 10;   // at most, for one read
inline constexpr std::size_t kept_buffer = 1024;      // buffer bytes kept after a message
inline constexpr std::size_t dropped_read = 4096;     // bytes of one read after the close frame
inline constexpr std::size_t after_close = 4u << 20;  // bytes discarded after the close frame

}  // namespace tvl::waits::websocket_limits
