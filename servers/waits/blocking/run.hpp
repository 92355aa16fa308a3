#pragma once
// A subprocess, its output as the reply.

#include "servers/runtime/peer.hpp"
#include "servers/waits/blocking/context.hpp"

namespace tvl::waits::blocking {

// When the client goes away or the time is up the command is killed, and in any case it is waited for.
handler::outcome run(services&, runtime::peer&, const handler::plan&);

}  // namespace tvl::waits::blocking
