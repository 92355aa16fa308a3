#pragma once
// What is left out, in words.

#include "bench/suite/catalogue/selection.hpp"

#include <string>
#include <vector>

namespace tvl::suite {

// "delay, churn: nginx left out, not installed: 'nginx' is not on PATH": a line for each contestant and reason, with
// the first three workloads and the number of the others.
std::vector<std::string> notes_of(const std::vector<left_out>&);

}  // namespace tvl::suite
