#pragma once
// A deliberate slowdown, by which `tvl-results sensitivity` tests the comparison: arithmetic before every request.
// Counted in rounds and not in time, because a core is not always as fast: the same work has to be in every repetition.

#include <cstdint>

namespace tvl::handler {

// Each waits for the one before: a multiplication and an addition.
void spend(std::uint64_t rounds);

// Spent before each request is looked up. To be set before the first one, while there is one thread.
inline std::uint64_t injected_rounds = 0;

}  // namespace tvl::handler
