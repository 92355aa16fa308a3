#pragma once
// The listening sockets of a server that was not written for this comparison.

#include "clients/load/meter/process_tree.hpp"

#include <optional>
#include <string>
#include <vector>

namespace tvl::suite {

// Sets the TCP congestion control of every socket on which the processes listen at that port; what it accepts from then
// on inherits it. Returns the one that these sockets have afterwards: another where the kernel or this user's rights do
// not allow it. Empty = unknown: nothing listens there, or this user may not duplicate a descriptor of that process.
// Does not throw for a process that ends meanwhile.
std::optional<std::string> set_congestion_control(const std::vector<load::process>&, int port, const std::string& name);

}  // namespace tvl::suite
