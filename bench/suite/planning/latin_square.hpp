#pragma once
// Who goes when: orders of some things, so that no place and no neighbour favours any of them.

#include <cstddef>
#include <random>
#include <vector>

namespace tvl::suite {

using order = std::vector<std::size_t>;  // a permutation of 0, 1, ... items - 1

// One order per repetition, the first of them 0, 1, 2, ...; `random` decides in which order the others follow.
// They are rows of Williams' square, in which every item has every place once and, for an even number of items, every
// other item right before it once; for an odd number it takes a second square, the first one's mirror image.
// Repetitions that do not fill a square have rows of it at even distances: then no item has a place twice, and each is
// on the average in the middle, as far as so few can be.
std::vector<order> balanced_orders(std::size_t items, int repetitions, std::mt19937_64& random);

}  // namespace tvl::suite
