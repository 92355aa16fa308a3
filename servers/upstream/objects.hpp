#pragma once
// The objects of the storage: made while they are sent, never held.
//
// Byte i of every object is the same function of i, with a period that is a prime, so that a piece that is lost,
// doubled or out of place changes what follows.

#include <cstdint>
#include <optional>
#include <string_view>

namespace tvl::upstream {

inline constexpr std::uint64_t largest_object = std::uint64_t{1} << 30;  // bytes

// Bytes of the object called `name`: small (1 KiB), medium (1 MiB), large (64 MiB), or a size such as 100B, 300kB (of
// 1000), 64KiB, 2MB, 2MiB. Nothing when there is no such object.
std::optional<std::uint64_t> object_size(std::string_view name);

// What begins `at` bytes into an object, in one piece of at most `size` bytes; at least 128,000 if `size` is as much.
std::string_view object_content(std::uint64_t at, std::uint64_t size);

}  // namespace tvl::upstream
