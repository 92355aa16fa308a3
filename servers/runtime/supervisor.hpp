#pragma once
// Supervisor of worker processes that share listening sockets.

#include "servers/runtime/server.hpp"

namespace tvl::runtime {

// Forks `options.processes` children and runs `model` in each; no thread may exist before. The parent replaces a child
// that ends (one line on stderr) until a stop signal, then has all of them drained. Returns in the parent after the
// last child, with their sum in `server.children`, and in a child after `model`.
//
// With a listening socket or several per process each child keeps its own; a single one is shared by all. The sockets
// outlive a child: its successor accepts the pending connections. More than one process offers no rooms.
//
// A child drains only on the parent's request, since the drain shuts down the listening socket, which may be shared.
// The work of a child that died is lost. No child outlives the parent. A child's exit code 2 means that it cannot work
// here: the parent then also exits with 2. Throws std::system_error when no further process can be started.
void supervise(server&, void (*model)(server&));

}  // namespace tvl::runtime
