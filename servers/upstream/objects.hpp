#pragma once
// Objects of the storage, generated while they are sent.
//
// Byte i of every object is the same function of i. Its period is prime, so that a lost, repeated or misplaced piece
// changes what follows.

#include <cstdint>
#include <optional>
#include <string_view>

namespace tvl::upstream {

inline constexpr std::uint64_t largest_object = std::uint64_t{1} << 30;  // bytes

// Size of the object `name`: small (1 KiB), medium (1 MiB), large (64 MiB), or a size such as 100B, 300kB (of 1000),
// 64KiB, 2MB, 2MiB. Nothing for any other name.
std::optional<std::uint64_t> object_size(std::string_view name);

// Content from offset `at`, at most `size` bytes in one piece; at least 128,000 if `size` is as much.
std::string_view object_content(std::uint64_t at, std::uint64_t size);

}  // namespace tvl::upstream
