#pragma once
// The flags that name the contestants to measure or to validate.

#include <sys/types.h>

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace tvl::suite {

struct contestant_flags {
  std::vector<std::string> names;      // of the catalogue, files *.toml, inline manifests
  std::string url;                     // of a running server; empty = none
  pid_t pid = 0;                       // of the contestant with the URL; 0 = unknown
  std::vector<std::string> endpoints;  // "plaintext=/hello", of the server at --url; "orders": see asked_endpoint()
  bool allow_remote_host = false;
};

// All but `names`.
void add_url_flags(CLI::App&, contestant_flags&);

}  // namespace tvl::suite
