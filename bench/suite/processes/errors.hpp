#pragma once
// Why a server cannot be started or used.

#include <stdexcept>

namespace tvl::suite {

// A contestant or service failed. what() is one line: its name, the reason, its last lines on stderr.
struct server_failed : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// The run was stopped (Ctrl-C) while waiting.
struct run_stopped : std::runtime_error {
  run_stopped() : std::runtime_error("stopped") {}
};

// The server answers, but does not have what the workload asks for. what() is its name, e.g. "keep-alive".
struct feature_not_offered : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// what() says what this machine lacks for a server.
struct not_installed : std::runtime_error {
  using std::runtime_error::runtime_error;
};

}  // namespace tvl::suite
