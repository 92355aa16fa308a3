#pragma once
// During a long wait: detects a client that has gone, and sends it the pieces of its reply.

#include "servers/runtime/peer.hpp"

#include <poll.h>

#include <chrono>

namespace tvl::waits::blocking {

using clock = std::chrono::steady_clock;

// Blocks until `ready`, or until `until`. False when the client has gone, which in a drain only a reset tells.
bool wait(runtime::peer&, clock::time_point until, pollfd ready = {-1, 0, 0});

// Sends all output so far. False when the connection has ended, also because the client read nothing until the
// deadline. The deadline does not interrupt a write: a piece must fit into the buffer of a writable socket, some tens
// of KiB.
bool deliver(runtime::peer&, clock::time_point deadline);

}  // namespace tvl::waits::blocking
