#pragma once
// A manifest from a TOML table.

#include "bench/suite/contestants/manifest.hpp"

#include <toml++/toml.h>

#include <filesystem>

namespace tvl::suite {

enum class manifest_origin { catalogue, user };

// `source` is the file, or a name for messages; its folder is {dir}. Throws bad_file.
manifest read_manifest_table(const toml::table&, const std::filesystem::path& source, manifest_origin);

}  // namespace tvl::suite
