#pragma once
// How a manifest starts one of our servers.

#include <filesystem>
#include <string>
#include <vector>

namespace tvl::conformance {

struct launch {
  std::string name;
  std::string path;
  std::vector<std::string> flags;
  bool websockets = true;  // supports them
  bool rooms = true;
};

// {bin} becomes `bin`, {port} a free port; no services. Throws std::runtime_error with a one-line reason.
launch read_launch(const std::filesystem::path& manifest, const std::filesystem::path& bin);

}  // namespace tvl::conformance
