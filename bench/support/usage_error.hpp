#pragma once

#include <stdexcept>

namespace tvl::suite {

// Wrong user input: one line, exit code 2.
struct bad_input : std::runtime_error {
  using std::runtime_error::runtime_error;
};

}  // namespace tvl::suite
