#pragma once
// The running program's file, beside which the other programs are.

#include <filesystem>

namespace tvl::load {

// Throws bad_plan without a readable /proc.
std::filesystem::path this_program();

}  // namespace tvl::load
