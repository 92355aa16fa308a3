#pragma once
// The network of the control traffic. Open MPI takes any other one where it has no interface in it, so that is checked.

#include <string>

namespace tvl::load {

// This host's address in "10.77.0.0/24", the first of several. Throws bad_plan: not an IPv4 network, or no interface of
// this host has an address in it.
std::string own_address(const std::string& network);

}  // namespace tvl::load
