#pragma once
// How many connections are opened at a time, and how long a failed one waits.

#include "clients/load/base/clock.hpp"

#include <algorithm>
#include <cstdint>

namespace tvl::load {

inline constexpr int most_connecting = 256;  // at once: below a server's usual listen backlog

// Nanoseconds until the next try, after so many failures.
inline std::int64_t back_off(std::uint32_t failures) { return 100 * one_millisecond << std::min(failures, 4u); }

}  // namespace tvl::load
