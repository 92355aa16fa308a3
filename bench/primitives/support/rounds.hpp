#pragma once
// Repetitions as rounds. In a round the two ways of a table row follow each other, so that both meet the same state of
// the machine; every second round goes backwards, so that neither is always the first. Google Benchmark itself would
// repeat one way before it comes to the other, or shuffle all.

#include "bench/primitives/support/primitive.hpp"

#include <vector>

namespace tvl::primitives {

// Rounds that measure what need not be in each, spread over the run; all of them where there are fewer.
inline constexpr int steady_rounds = 5;      // the fewest whose median has an interval above 90 % (order statistics)
inline constexpr int uncompared_rounds = 3;  // for what no table row compares

// What the round from 0 to rounds - 1 measures, in its order. Pointers into `all`.
std::vector<const measurement*> round_of(const std::vector<primitive>& all, int round, int rounds);

// Registers each measurement of each round with Google Benchmark, which then runs them in that order. `all` is used
// until the run ends.
void register_rounds(const std::vector<primitive>& all, int rounds);

}  // namespace tvl::primitives
