#pragma once

#include <nlohmann/json_fwd.hpp>

#include <filesystem>

namespace tvl::suite {

// Complete or, if the machine or the program dies meanwhile, as it was before. Throws std::system_error.
void write_json(const std::filesystem::path& file, const nlohmann::json&);

}  // namespace tvl::suite
