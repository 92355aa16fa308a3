#pragma once
// A connection that becomes a WebSocket.

#include "servers/runtime/peer.hpp"
#include "servers/waits/blocking/context.hpp"

namespace tvl::waits::blocking {

// Returns when it has been closed, and the connection with it; or gives the peer its reply where there are no rooms.
void websocket(services&, runtime::peer&, const handler::plan&);

}  // namespace tvl::waits::blocking
