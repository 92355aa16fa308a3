#pragma once
// Programs on PATH.

#include <filesystem>
#include <string>

namespace tvl::suite {

// Empty when there is none of this name.
std::filesystem::path find_program(const std::string& name);

}  // namespace tvl::suite
