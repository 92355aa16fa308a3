#include "bench/suite/processes/package_version.hpp"

#include "bench/suite/processes/program_output.hpp"

#include <set>
#include <sstream>
#include <string>

namespace tvl::suite {
namespace {

namespace fs = std::filesystem;

// Packages have programs in /usr alone. Where /bin is a link to /usr/bin, the list of a package may still have the file
// in /bin.
std::vector<std::string> names_of(const fs::path& file) {
  const auto name = file.string();
  if (!name.starts_with("/usr/") || name.starts_with("/usr/local/")) return {};
  return {name, name.substr(4)};
}

// Name of a file -> its package, of lines such as "nginx: /usr/sbin/nginx". A diversion's line names no package.
std::map<std::string, std::string> owners(const std::vector<std::string>& names) {
  std::vector<std::string> arguments = {"-S"};
  arguments.insert(arguments.end(), names.begin(), names.end());
  std::map<std::string, std::string> found;
  std::istringstream lines(output_of("dpkg-query", arguments).text);
  for (std::string line; std::getline(lines, line);) {
    const auto colon = line.rfind(": ");
    if (colon != line.npos && line.find(' ') > colon) found.emplace(line.substr(colon + 2), line.substr(0, colon));
  }
  return found;
}

std::map<std::string, std::string> versions(const std::set<std::string>& packages) {
  std::vector<std::string> arguments = {"-W", "-f=${binary:Package}\\t${Package} ${Version}\\n"};
  arguments.insert(arguments.end(), packages.begin(), packages.end());
  std::map<std::string, std::string> found;
  std::istringstream lines(output_of("dpkg-query", arguments).text);
  for (std::string line; std::getline(lines, line);) {
    const auto tab = line.find('\t');
    if (tab != line.npos) found.emplace(line.substr(0, tab), line.substr(tab + 1));
  }
  return found;
}

}  // namespace

std::map<fs::path, std::string> package_versions(const std::vector<fs::path>& files) {
  std::vector<std::string> names;
  for (const auto& file : files) {
    for (const auto& name : names_of(file)) names.push_back(name);
  }
  if (names.empty()) return {};
  const auto owned_by = owners(names);
  std::set<std::string> packages;
  for (const auto& [name, package] : owned_by) packages.insert(package);
  if (packages.empty()) return {};
  const auto known = versions(packages);
  std::map<fs::path, std::string> found;
  for (const auto& file : files) {
    for (const auto& name : names_of(file)) {
      const auto owner = owned_by.find(name);
      const auto version = owner == owned_by.end() ? known.end() : known.find(owner->second);
      if (version != known.end()) found.emplace(file, version->second);
    }
  }
  return found;
}

}  // namespace tvl::suite
