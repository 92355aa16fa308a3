#pragma once
// Files to be written after a measurement: checked before it, so that its result has a place.

#include <filesystem>
#include <string>

namespace tvl::load {

// Why this file cannot be written, e.g. "Permission denied"; empty = it can. Neither makes nor opens it: it may be a
// pipe without a reader.
std::string flaw_of_output_file(const std::filesystem::path&);

// Why no file can be made in this folder, which exists.
std::string flaw_of_output_folder(const std::filesystem::path&);

}  // namespace tvl::load
