#pragma once

#include "servers/handler/plan.hpp"
#include "servers/runtime/peer.hpp"
#include "servers/waits/awaiting/services.hpp"

namespace tvl::waits::awaiting {

// Gives the peer its reply. Until the upstream's next bytes the timeout runs, while the client reads it does not: how
// long that may take is the client's affair, as with any large reply.
runtime::task object(services&, runtime::peer&, const handler::plan&);

}  // namespace tvl::waits::awaiting
