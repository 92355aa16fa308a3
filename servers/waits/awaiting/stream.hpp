#pragma once
// A reply in chunks, one every so often.

#include "servers/runtime/peer.hpp"
#include "servers/waits/awaiting/context.hpp"

namespace tvl::waits::awaiting {

// The next chunk is made when the last one was sent. Ends the connection when the client goes away or takes nothing for
// too long.
runtime::task stream(services&, runtime::peer&, const handler::plan&);

}  // namespace tvl::waits::awaiting
