#pragma once
// A slowdown on purpose, for trying what is meant to find one (scripts/planted): arithmetic before every request. Pure
// like the rest of the handler; how long a round takes is for the runtime to find out.

#include <cstdint>

namespace tvl::handler {

// Each takes some nanoseconds, always the same number on the same core.
void spend(std::uint64_t rounds);

// Spent before each request is looked up. To be set before the first one, while there is one thread.
inline std::uint64_t planted_rounds = 0;

}  // namespace tvl::handler
