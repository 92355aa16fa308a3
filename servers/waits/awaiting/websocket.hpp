#pragma once
// A connection that becomes a WebSocket.

#include "servers/runtime/peer.hpp"
#include "servers/waits/awaiting/context.hpp"

#include <memory>

namespace tvl::waits::awaiting {

// Whether the plan asks for one and this server has what it is for.
bool becomes_websocket(const services&, const handler::plan&);
// Then: takes the connection into a coroutine of its own, which ends with it, and leaves null. So an idle WebSocket
// does not hold the frame of the coroutine that read its request; and by reference, because a temporary would make that
// frame larger for those that become none.
void begin_websocket(services&, std::unique_ptr<runtime::peer>&, const handler::plan&);

}  // namespace tvl::waits::awaiting
