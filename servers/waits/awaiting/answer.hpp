#pragma once
// How a coroutine on the loop carries out a plan: it is suspended until the plan is done, and the loop goes on, except
// where the plan is to block the loop.

#include "servers/handler/plan.hpp"
#include "servers/runtime/peer.hpp"
#include "servers/waits/awaiting/context.hpp"

namespace tvl::waits::awaiting {

// Gives the peer its reply; what is left of it then, the caller sends. All three have to outlive the task. Not for a
// plan that becomes_websocket().
runtime::task answer(services&, runtime::peer&, const handler::plan&);

}  // namespace tvl::waits::awaiting
