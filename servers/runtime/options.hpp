#pragma once
// The flags every server program has, and those that only some models have.

#include <cstddef>
#include <string>

namespace tvl::runtime {

struct options {
  std::string address = "127.0.0.1";
  unsigned short port = 0;        // 0 = any free one; the ready line says which
  int threads = 0;                // of a model with a fixed number of them; 0 = one per core it may use
  std::size_t stack = 64u << 10;  // bytes, of a connection's thread
  double timeout_s = 10;          // for a request that was begun to arrive in full, else 408; 0 = for ever
};

// The flags beyond --address, --port and --timeout that a model understands.
struct model_flags {
  bool stack = false;
  bool listeners = false;  // --threads, each with a listening socket of its own
};

// Prints help and exits 0, or prints one line on stderr and exits 2, where the command line asks for it.
options parse_options(int argc, char** argv, const std::string& about, const model_flags&);

}  // namespace tvl::runtime
