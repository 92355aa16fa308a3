#pragma once

#include "servers/handler/plan.hpp"
#include "servers/runtime/peer.hpp"
#include "servers/waits/blocking/context.hpp"

namespace tvl::waits::blocking {

// Gives the peer its reply. The timeout is for the upstream's next bytes, not for the object as a whole, and likewise
// for the client's taking what is held for it; who exceeds it ends the reply, and so does a client that goes away.
void object(services&, runtime::peer&, const handler::plan&);

}  // namespace tvl::waits::blocking
