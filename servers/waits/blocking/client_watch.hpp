#pragma once
// What a long wait has to do with its client meanwhile: notice that it has gone, and hand it the pieces of its reply.

#include "servers/runtime/peer.hpp"

#include <poll.h>

#include <chrono>

namespace tvl::waits::blocking {

using clock = std::chrono::steady_clock;

// Stops the thread until `ready` is, or the time has come, or the client has gone: then false. While a drain is on,
// only a reset tells that the client has gone.
bool wait(runtime::peer&, clock::time_point until, pollfd ready = {-1, 0, 0});

// Sends all that the reply holds so far. False when the connection has ended, which it does when the client takes
// nothing until the deadline. A piece has to be smaller than what a writable socket has room for, some tens of KiB: the
// write itself knows no deadline.
bool deliver(runtime::peer&, clock::time_point deadline);

}  // namespace tvl::waits::blocking
