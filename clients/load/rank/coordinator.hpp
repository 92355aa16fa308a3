#pragma once
// Rank 0, beside tvl-load.

#include <string>

namespace tvl::load::rank {

// Connects to tvl-load at this Unix socket, once for each other rank, and passes the conversation on until all points
// are there. Beside a line that begins with "over" it writes what it has measured, in nanoseconds: how far the host's
// clock was ahead, how far it drifted until after the window, the uncertainty of both, and in how many periods the host
// was throttled (-1 = not known).
void coordinate(const std::string& socket, int ranks);

}  // namespace tvl::load::rank
