#pragma once
// How a fiber on the loop carries out a plan: it is suspended until the plan is done, and the loop goes on, except
// where the plan is to block the loop.

#include "servers/handler/plan.hpp"
#include "servers/runtime/peer.hpp"
#include "servers/waits/awaiting/context.hpp"

#include <boost/asio/spawn.hpp>

namespace tvl::waits::yielding {

// What a fiber suspends itself with: the last argument of an asynchronous call, as `y[ec]` where errors are values.
using yield = boost::asio::basic_yield_context<runtime::executor>;

// Gives the peer its reply; what is left of it then, the caller sends. Waits for services are the loop's coroutines,
// which a fiber can wait for: a third way to talk to each service would measure nothing new.
void answer(awaiting::services&, runtime::peer&, const handler::plan&, const yield&);

// A connection that becomes a WebSocket. Returns when it has been closed, and the connection with it.
void websocket(awaiting::services&, runtime::peer&, const handler::plan&, const yield&);

}  // namespace tvl::waits::yielding
