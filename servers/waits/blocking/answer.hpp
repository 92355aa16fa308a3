#pragma once
// Carries out a plan on the calling thread.

#include "servers/handler/plan.hpp"
#include "servers/runtime/peer.hpp"
#include "servers/waits/blocking/context.hpp"

namespace tvl::waits::blocking {

// Puts the reply into the peer's session; the caller sends what is left of it. A WebSocket has ended on return.
void answer(services&, runtime::peer&, const handler::plan&);

}  // namespace tvl::waits::blocking
