#pragma once
// Waits that need no service: a thread stops until time has passed or work is done.

#include "servers/handler/plan.hpp"

#include <chrono>

namespace tvl::waits::blocking {

class services;

// Sleep, block and burn; 501 for every other plan.
handler::outcome local(const handler::plan&);

// Offload and burn_offload: the executor's thread does it, this one waits for it. 503 when the executor has too much to
// do; 504 when it has not done it in time: then it does not begin it any more, or nobody is interested in its end.
handler::outcome offload(services&, const handler::plan&);

// Uses CPU time of this thread, not wall time: one that shares its core has to burn as much as one that does not.
void burn(std::chrono::nanoseconds);

}  // namespace tvl::waits::blocking
