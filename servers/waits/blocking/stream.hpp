#pragma once
// A reply in chunks, one every so often.

#include "servers/runtime/peer.hpp"
#include "servers/waits/blocking/context.hpp"

namespace tvl::waits::blocking {

// The next chunk is made when the last one was sent. Ends the connection when the client goes away or takes nothing for
// too long.
void stream(services&, runtime::peer&, const handler::plan&);

}  // namespace tvl::waits::blocking
