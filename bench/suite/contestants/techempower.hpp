#pragma once
// Converts TechEmpower's benchmark_config.json to a manifest:
//
//   {"framework": "mine", "tests": [{"default": {"port": 8080, "plaintext_url": "/plaintext", ...}, "raw": {...}}]}

#include <string>
#include <vector>

namespace tvl::suite {

struct import_request {
  std::string source;                // name of the text in messages
  std::string test;                  // empty = "default", or the only one
  std::vector<std::string> command;  // empty = it already runs on the test's port of this machine
};

// The manifest as TOML. Throws bad_file for a wrong text or an unknown test.
std::string manifest_from_techempower(const std::string& text, const import_request&);

}  // namespace tvl::suite
