#pragma once
// Waits that need no service: a coroutine is suspended until time has passed or work is done, and the loop goes on,
// except where the plan is to block the loop.

#include "servers/handler/plan.hpp"
#include "servers/runtime/asio_types.hpp"

namespace tvl::waits::awaiting {

class services;

// Sleep, block and burn; 501 for every other plan.
boost::asio::awaitable<handler::outcome, runtime::executor> local(const handler::plan&);

// Offload and burn_offload: the executor's thread does it, the loop goes on. 503 when the executor has too much to do;
// 504 when it has not done it in time: then it does not begin it any more, or nobody is interested in its end. The same
// when the coroutine is destroyed.
boost::asio::awaitable<handler::outcome, runtime::executor> offload(services&, const handler::plan&);

}  // namespace tvl::waits::awaiting
