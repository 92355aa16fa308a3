#pragma once
// Balanced Latin square (Williams design): run orders free of position and carry-over effects.

#include <cstddef>
#include <random>
#include <vector>

namespace tvl::suite {

using order = std::vector<std::size_t>;  // a permutation of 0, 1, ... items - 1

// One order per repetition: first 0, 1, 2, ..., then the others shuffled by `random`. They are rows of Williams'
// square: every item has every place once and, for an even number of items, every other item right before it once. An
// odd number of items also takes the mirrored square. If there are fewer repetitions than rows, the rows are evenly
// spaced: no item has a place twice, and the mean places differ little.
std::vector<order> balanced_orders(std::size_t items, int repetitions, std::mt19937_64& random);

}  // namespace tvl::suite
