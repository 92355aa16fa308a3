#pragma once
// Why a server cannot be started or measured.

#include <stdexcept>

namespace tvl::suite {

// The server cannot be measured. what() is one line that names it and says why, with its last
// lines on stderr.
struct contestant_failed : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// The run was stopped (Ctrl-C) while waiting.
struct run_stopped : std::runtime_error {
  run_stopped() : std::runtime_error("stopped") {}
};

// This machine does not have what a server needs. what() says what is missing.
struct not_installed : std::runtime_error {
  using std::runtime_error::runtime_error;
};

}  // namespace tvl::suite
