#pragma once
// The version of every program. The one thing that servers and clients share.

#include <string>

namespace tvl {

// Of the project, with the commit if there is one: "0.1.0 (1de332b)".
std::string version();

// Of the sources, abbreviated; empty where they were no repository.
std::string commit();

// "tvl-load 0.1.0 (1de332b)". `program` may have a folder, as argv[0] has.
std::string version_line(const std::string& program);

}  // namespace tvl
