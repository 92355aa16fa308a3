#pragma once
// Several processes that serve one listening socket, and the one above them that looks after them.

#include "servers/runtime/server.hpp"

namespace tvl::runtime {

// Forks `options.processes` children, which no thread may precede, and runs `model` in each of them. The parent
// replaces a child that ends (one line on stderr) until a stop signal comes, and then has them all drained. Returns in
// the parent when the last child is gone, with `server.children` their sum, and in a child when `model` has.
//
// Where there is a listening socket for each process, or several, each child keeps its own ones; one alone is
// everybody's. Theirs outlive a child: what waits in them, its successor accepts. More than one process offers no
// rooms.
//
// A child drains when its parent asks and not by itself: the listening socket, which a drain shuts down, may be
// everybody's. What a child did that died is not in the sum. None outlives the parent, however that ends. A child that
// ends with exit code 2 has said that it cannot work here: the parent ends with 2, too. Throws std::system_error when
// the machine allows no further process.
void supervise(server&, void (*model)(server&));

}  // namespace tvl::runtime
