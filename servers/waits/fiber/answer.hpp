#pragma once
// Carries out a plan in a fiber on the loop.

#include "servers/handler/plan.hpp"
#include "servers/runtime/peer.hpp"
#include "servers/waits/awaiting/context.hpp"

#include <boost/asio/spawn.hpp>

#include <memory>

namespace tvl::waits::fiber {

// Completion token that suspends the fiber: the last argument of an asynchronous call, as `y[ec]` where errors are
// values.
using yield = boost::asio::basic_yield_context<runtime::executor>;

// Puts the reply into the peer's session; the caller sends what is left of it. Waits for services are the loop's
// coroutines, which a fiber can await: a third driver for each service would measure nothing new.
void answer(awaiting::services&, std::unique_ptr<runtime::peer>&, const handler::plan&, const yield&);

// Returns when the WebSocket and its connection have ended; 501 where there are no rooms.
void websocket(awaiting::services&, runtime::peer&, const handler::plan&, const yield&);

}  // namespace tvl::waits::fiber
