#pragma once
// The flags that say whom to measure or to validate.

#include <sys/types.h>

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace tvl::suite {

struct contestant_flags {
  std::vector<std::string> contestants;  // names of the catalogue, files *.toml, inline manifests
  std::string url;                       // of a server that runs already; empty = none
  pid_t pid = 0;                         // of the one with the URL; 0 = not known
  std::vector<std::string> endpoints;    // "plaintext=/hello", of the one at --url
  bool allow_remote_host = false;
};

// All but `contestants`.
void add_url_flags(CLI::App&, contestant_flags&);

}  // namespace tvl::suite
