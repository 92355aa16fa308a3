#pragma once
// Passes after the planned ones: more repetitions of some points, until their claims are decided. Pure functions.

#include "bench/suite/planning/schedule.hpp"

#include <string>
#include <vector>

namespace tvl::suite {

// One repetition more of each named point ("delay/asio_loop/64"), in the order of the run. Points of one block are a
// row: they are next to each other, in an order that rotates with the repetition, and have no control. Throws bad_input
// for a name that is no point of `before`.
std::vector<scheduled> another_pass(const std::vector<scheduled>& before, const std::vector<std::string>& names);

// The rounds of run.json after the planned ones ("delay/asio_loop/64#5"). Throws bad_input.
std::vector<scheduled> recorded_passes(const std::vector<scheduled>& planned, const std::vector<std::string>& rounds);

}  // namespace tvl::suite
