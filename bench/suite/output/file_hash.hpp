#pragma once
// What a file held: its SHA-256.

#include <filesystem>
#include <optional>
#include <string>

namespace tvl::suite {

// Larger files are not read: their hash would take seconds.
inline constexpr std::uintmax_t largest_hashed = 256 << 20;

// In hexadecimal. Empty: no regular file, larger than that, or not readable.
std::optional<std::string> sha256_of(const std::filesystem::path& file);

}  // namespace tvl::suite
