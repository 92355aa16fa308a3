#pragma once
// How much a wait takes in from a service.

#include <cstddef>

namespace tvl::waits {

inline constexpr std::size_t reply_limit = 1u << 20;  // bytes of one reply, else it counts as garbage

}  // namespace tvl::waits
