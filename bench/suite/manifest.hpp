#pragma once
// A manifest describes one contestant: how to start it, what it offers, which other one is its twin.

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace tvl::suite {

struct manifest {
  std::filesystem::path file;
  std::string name;  // = the file's stem
  std::string title;
  std::string model;
  std::optional<std::string> versus;
  std::vector<std::string> command;  // with {port} {bin} {dir} {threads} {processes} {redis} {postgres} {upstream}
  std::vector<std::string> needs;    // programs that must be on PATH
  std::map<std::string, std::string> endpoints;  // name -> path template
};

// Throws bad_file.
manifest read_manifest(const std::filesystem::path& file);

// The first program of `needs` that is not on PATH.
std::optional<std::string> missing_program(const manifest&);

}  // namespace tvl::suite
