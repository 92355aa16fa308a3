#pragma once
// Command line of tvl-upstream.

#include "servers/upstream/certificates.hpp"

#include <cstdint>
#include <string>

namespace tvl::upstream {

struct options {
  std::string address = "127.0.0.1";
  unsigned short port = 0;      // 0 = any free one
  unsigned short tls_port = 0;  // 0 = any free one
  std::string tls_dir;          // "" = temporary
  certificate_flaw flaw = certificate_flaw::none;
  std::string latency = "fixed:0";  // see latency.hpp
  std::uint64_t seed = 1;
};

// Prints help and exits 0, or prints one line on stderr and exits 2 for invalid flags.
options parse_options(int argc, char** argv);

}  // namespace tvl::upstream
