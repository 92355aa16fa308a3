#pragma once
// A subprocess, its output as the reply.

#include "servers/runtime/peer.hpp"
#include "servers/waits/awaiting/context.hpp"

namespace tvl::waits::awaiting {

// When the client goes away or the time is up the command is killed, and in any case it is waited for.
boost::asio::awaitable<handler::outcome, runtime::executor> run(services&, runtime::peer&, const handler::plan&);

}  // namespace tvl::waits::awaiting
