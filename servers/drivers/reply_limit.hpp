#pragma once
// Size limit of service replies.

#include <cstddef>

namespace tvl::waits {

inline constexpr std::size_t reply_limit = 1u << 20;  // bytes, else failure::protocol_error

}  // namespace tvl::waits
