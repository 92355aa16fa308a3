#pragma once

#include <nlohmann/json_fwd.hpp>

#include <filesystem>

namespace tvl::suite {

// Replaces the file atomically. Throws std::system_error.
void write_json(const std::filesystem::path& file, const nlohmann::json&);

}  // namespace tvl::suite
