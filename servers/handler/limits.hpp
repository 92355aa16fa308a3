#pragma once
// Limits of one request, built in and equal for all contestants.

#include <cstddef>
#include <cstdint>

namespace tvl::handler::limits {

inline constexpr std::size_t target = 4096;                      // bytes of request target, else 414
inline constexpr std::uint32_t header = 8192;                    // bytes of request line and fields, else 431
inline constexpr std::uint64_t echo = 1u << 20;                  // bytes of a kept or discarded body, else 413
inline constexpr std::uint64_t upload = std::uint64_t{1} << 30;  // bytes of a counted body, else 413
inline constexpr std::uint64_t bytes = 100u << 20;               // largest /bytes/{n}, else 400
inline constexpr std::uint64_t touch = 64u << 10;                // KiB, largest /touch/{kib}, else 400
inline constexpr std::uint64_t milliseconds = 60'000;            // longest /delay and /block, else 400
inline constexpr std::uint64_t microseconds = 10'000'000;        // longest /cpu, else 400
inline constexpr std::uint64_t calls = 100;                      // most calls of one /fetch, else 400
inline constexpr std::uint64_t chunks = 1'000'000;               // most chunks of one /stream, else 400
inline constexpr std::uint64_t row = 0x7fff'ffff;                // largest id of /db (an SQL integer), else 400
inline constexpr std::uint64_t room = 0xffff'ffff;               // largest number of a /ws/room, else 400
inline constexpr std::size_t name = 64;                          // bytes of a key, object name or token, else 400
inline constexpr std::size_t unsent = 64u << 10;   // bytes of unsent output above which no request is started
inline constexpr std::uint32_t linger = 4u << 20;  // bytes discarded after an error reply

}  // namespace tvl::handler::limits
