#pragma once
// A manifest from a TOML table, wherever the table comes from.

#include "bench/suite/contestants/manifest.hpp"

#include <toml++/toml.h>

#include <filesystem>

namespace tvl::suite {

enum class manifest_origin { catalogue, brought };

// `source` is the file, or what to call the manifest in messages; its folder is {dir}. Throws bad_file.
manifest read_manifest_table(const toml::table&, const std::filesystem::path& source, manifest_origin);

}  // namespace tvl::suite
