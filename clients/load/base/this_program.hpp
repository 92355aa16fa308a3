#pragma once
// The running program: its file, beside which the other programs are, and the version of all of them.

#include <filesystem>
#include <string>

namespace tvl::load {

// Throws bad_plan without a readable /proc.
std::filesystem::path this_program();

// Of the project, and of the commit where the sources are a repository, e.g. "0.1.0 (1de332b)".
std::string version();
// "tvl-load 0.1.0 (1de332b)"
inline std::string version_line(const std::string& program) { return program + " " + version(); }

}  // namespace tvl::load
