#pragma once
// TechEmpower's benchmark_config.json, of which hundreds of frameworks have one, as a manifest:
//
//   {"framework": "mine", "tests": [{"default": {"port": 8080, "plaintext_url": "/plaintext", ...}, "raw": {...}}]}

#include <string>
#include <vector>

namespace tvl::suite {

struct import_wish {
  std::string source;                // what to call the text in messages
  std::string test;                  // empty = "default", or the only one there is
  std::vector<std::string> command;  // empty = a server that runs already, on the test's port of this machine
};

// The manifest as TOML. Throws bad_file: what is wrong with the text, or which tests there are.
std::string manifest_from_techempower(const std::string& text, const import_wish&);

}  // namespace tvl::suite
