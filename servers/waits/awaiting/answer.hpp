#pragma once
// Carries out a plan in a coroutine on the loop.

#include "servers/handler/plan.hpp"
#include "servers/runtime/peer.hpp"
#include "servers/waits/awaiting/context.hpp"

#include <memory>

namespace tvl::waits::awaiting {

// Puts the reply into the peer's session; the caller sends what is left of it. The peer is null afterwards when it
// became a WebSocket, which has a coroutine of its own. All three have to outlive the task.
runtime::task answer(services&, std::unique_ptr<runtime::peer>&, const handler::plan&);

}  // namespace tvl::waits::awaiting
