#pragma once
// Misbehaves towards a client until it goes away or the hostility ends.

#include "servers/upstream/connection.hpp"

namespace tvl::upstream {

runtime::task misbehave(connection&, hostility);

}  // namespace tvl::upstream
