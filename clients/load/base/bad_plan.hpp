#pragma once
// The error for a plan that cannot be run: bad URL, connection refused, too few descriptors or ports.

#include <stdexcept>

namespace tvl::load {

struct bad_plan : std::runtime_error {  // what() is one clear line
  using std::runtime_error::runtime_error;
};

}  // namespace tvl::load
