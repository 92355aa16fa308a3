#pragma once
// A server of ours as its manifest says it is started.

#include <filesystem>
#include <string>
#include <vector>

namespace tvl::conformance {

struct launch {
  std::string name;
  std::string path;
  std::vector<std::string> flags;
  bool websockets = true;  // offers them
  bool rooms = true;
};

// {bin} becomes `bin` and {port} any free one; there are no services. Throws std::runtime_error with one line.
launch read_launch(const std::filesystem::path& manifest, const std::filesystem::path& bin);

}  // namespace tvl::conformance
