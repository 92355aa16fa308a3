#pragma once

#include "servers/handler/plan.hpp"
#include "servers/runtime/peer.hpp"
#include "servers/waits/blocking/services.hpp"

namespace tvl::waits::blocking {

// Gives the peer its reply. Until the upstream's next bytes the timeout runs, while the client reads it does not: how
// long that may take is the client's affair, as with any large reply.
void object(services&, runtime::peer&, const handler::plan&);

}  // namespace tvl::waits::blocking
