#pragma once
// How a thread carries out a plan: it stops until the plan is done.

#include "servers/handler/plan.hpp"
#include "servers/runtime/peer.hpp"
#include "servers/waits/blocking/context.hpp"

namespace tvl::waits::blocking {

// Gives the peer its reply; what is left of it then, the caller sends.
void answer(services&, runtime::peer&, const handler::plan&);

}  // namespace tvl::waits::blocking
