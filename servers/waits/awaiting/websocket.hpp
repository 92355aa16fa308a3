#pragma once
// A connection that becomes a WebSocket.

#include "servers/runtime/peer.hpp"
#include "servers/waits/awaiting/services.hpp"

namespace tvl::waits::awaiting {

// Ends when it has been closed, and the connection with it.
runtime::task websocket(services&, runtime::peer&, const handler::plan&);

}  // namespace tvl::waits::awaiting
