#pragma once
// The flags every server program has, and those that only some models have.

#include "servers/runtime/service_options.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

namespace tvl::runtime {

struct options {
  std::string address = "127.0.0.1";
  unsigned short port = 0;            // 0 = any free one; the ready line says which
  int threads = 0;                    // of a model with a fixed number of them, in each process
  int processes = 0;                  // that serve; one more looks after them
  int queue = 0;                      // connections or requests that may wait for a thread
  bool per_request = false;           // a connection has a thread only while there is something to do for it
  std::size_t stack = 64u << 10;      // bytes, of a connection's thread or fiber
  double timeout_s = 10;              // for a request that was begun to arrive in full, else 408; 0 = for ever
  double idle_timeout_s = 0;          // for something to move on a connection, else it is ended; 0 = for ever
  std::uint64_t injected_rounds = 0;  // of arithmetic before every request: a slowdown to be found
  int max_connections = 0;            // open at a time in each process, others get a 503; 0 = any number
  waits::service_options services;
};

// A flag that is a number of something.
struct count_flag {
  const char* what = nullptr;  // is counted; null = the model has no such flag
  int standard = 0;            // without the flag, or where it is 0; 0 here = one per core this process may use
};

// The flags beyond --address, --port, --timeout and --idle-timeout that a model understands.
struct model_flags {
  bool stack = false;
  bool listeners = false;  // --threads loops, each with a listening socket of its own
  bool per_request = false;
  bool max_connections = true;
  // Of a model that carries out the plans that need services: throws std::runtime_error for what cannot be used. A
  // function, so that the others do not load the libraries.
  void (*services)(const waits::service_options&) = nullptr;
  count_flag threads{listeners ? "loops" : nullptr};
  count_flag processes{};
  count_flag queue{};
};

// Prints help and exits 0, or prints one line on stderr and exits 2, where the command line asks for it.
options parse_options(int argc, char** argv, const std::string& about, const model_flags&);

}  // namespace tvl::runtime
