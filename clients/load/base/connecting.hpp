#pragma once
// How many connections are opened at a time, and how long a failed one waits.

#include "clients/load/base/clock.hpp"

#include <algorithm>
#include <cstdint>

namespace tvl::load {

inline constexpr int most_connecting = 256;  // at once: below a server's usual listen backlog

// Nanoseconds until the next try, after so many failures in a row before this one. The first is at once. The pauses
// then double from 1 ms to 2 s: each is about as long as the server was away before it, so that a server that comes
// back is found soon, and one that does not is not flooded.
inline std::int64_t back_off(std::uint32_t failures) {
  return failures == 0 ? 0 : one_millisecond << std::min(failures - 1, 11u);
}

}  // namespace tvl::load
