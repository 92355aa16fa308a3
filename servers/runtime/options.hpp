#pragma once
// Command-line flags of the server programs: common ones and those of some models.

#include "servers/runtime/listener.hpp"
#include "servers/runtime/service_options.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

namespace tvl::runtime {

struct options {
  std::string address = "127.0.0.1";
  unsigned short port = 0;                                    // 0 = any free one, printed in the ready line
  std::string congestion_control = usual_congestion_control;  // of TCP, of every connection
  int threads = 0;                                            // of a model with a fixed number, in each process
  int processes = 0;                                          // worker processes; their supervisor is one more
  int queue = 0;                                              // connections or requests that may wait for a thread
  bool per_request = false;           // a connection has a thread only while there is work for it
  std::size_t stack = 64u << 10;      // bytes, of a connection's thread or fiber
  double timeout_s = 10;              // until a begun request is complete, else 408; 0 = no limit
  double idle_timeout_s = 0;          // without traffic on a connection, then it is ended; 0 = no limit
  std::uint64_t injected_rounds = 0;  // arithmetic before every request: a slowdown to be detected
  int max_connections = 0;            // open at a time in each process, further ones get a 503; 0 = no limit
  waits::service_options services;
};

// A flag with a number.
struct count_flag {
  const char* what = nullptr;  // description; null = the model has no such flag
  int standard = 0;            // value for 0 and without the flag; 0 = one per available core
};

// Flags of a model beyond the common ones.
struct model_flags {
  bool stack = false;
  bool listeners = false;  // --threads loops, each with its own listening socket
  bool per_request = false;
  bool max_connections = true;
  // Validates addresses of services, in models that support them; throws std::runtime_error. A function pointer, so
  // that other models do not load the libraries.
  void (*services)(const waits::service_options&) = nullptr;
  count_flag threads{listeners ? "loops" : nullptr};
  count_flag processes{};
  count_flag queue{};
};

// Prints help and exits 0, or prints one line on stderr and exits 2 for invalid flags.
options parse_options(int argc, char** argv, const std::string& about, const model_flags&);

}  // namespace tvl::runtime
