#pragma once
// The network of the control traffic. Open MPI takes any other one where it has no interface in it, so that is checked.

#include <string>

namespace tvl::load {

// "10.77.0.0/24". Throws bad_plan: not an IPv4 network, or no interface of this host has an address in it.
void check_network(const std::string& network);

}  // namespace tvl::load
