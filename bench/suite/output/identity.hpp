#pragma once
// What a run measured: the manifest, the command and the program of each contestant.

#include "bench/suite/contestants/manifest.hpp"

#include <nlohmann/json.hpp>

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace tvl::suite {

// Of the files that a command names, at most so many are hashed.
inline constexpr std::size_t most_files = 8;

// Name -> identity. `bin` is {bin}. An identity is
//   {"manifest": FILE, "command": [WORD...], "url": TEXT, "program": {..., "version": TEXT}, "files": [FILE...]}
// where FILE is {"path", "sha256", "bytes"}. The command is as it is started, with what differs from point to point as
// placeholders. The program is the file that is started; the files are those that the command names, such as a script.
// Null: no file (an inline manifest), no command (a server that runs already), not found, not of a package.
nlohmann::json identities_of(const std::map<std::string, const manifest*>&, const std::filesystem::path& bin);

// What differs, in words: "its command", "its program /usr/sbin/nginx". What only one of them recorded does not count.
std::vector<std::string> changes(const nlohmann::json& then, const nlohmann::json& now);

}  // namespace tvl::suite
