#pragma once
// Treating a client badly, until it goes away or there is nothing left to do to it.

#include "servers/upstream/connection.hpp"

namespace tvl::upstream {

runtime::task misbehave(connection&, hostility);

}  // namespace tvl::upstream
