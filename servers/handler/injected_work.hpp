#pragma once
// Deliberate slowdown for `tvl-results sensitivity`: arithmetic before every request. Counted in rounds, not time, so
// that every repetition does the same work whatever the clock rate of the core.

#include <cstdint>

namespace tvl::handler {

// Dependent rounds of one multiplication and one addition.
void spend(std::uint64_t rounds);

// Applied before each route lookup. Set before the first request, while there is one thread.
inline std::uint64_t injected_rounds = 0;

}  // namespace tvl::handler
