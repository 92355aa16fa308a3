#pragma once
// How far the monotonic clock of another host is ahead: by round trips, of which the shortest says the most (Cristian
// 1989). Pure arithmetic.

#include <cstdint>
#include <span>

namespace tvl::load {

// One question and its answer. Nanoseconds: `asked` and `received` of the own clock, `answered` of the other.
struct clock_exchange {
  std::int64_t asked = 0, answered = 0, received = 0;
};

struct clock_offset {
  std::int64_t ahead = 0;        // of the other clock
  std::int64_t uncertainty = 0;  // half of the round trip: the answer lies somewhere in it
};

// From at least one exchange.
clock_offset offset_of(std::span<const clock_exchange>);

}  // namespace tvl::load
