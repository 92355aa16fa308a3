#pragma once
// The distribution's package that a program belongs to.

#include <filesystem>
#include <map>
#include <vector>

namespace tvl::suite {

// File -> "nginx 1.22.1-9+deb12u3". A file of no package, or of a system without dpkg, is absent.
std::map<std::filesystem::path, std::string> package_versions(const std::vector<std::filesystem::path>& files);

}  // namespace tvl::suite
