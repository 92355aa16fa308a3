#pragma once
// How a coroutine on the loop carries out a plan: it is suspended until the plan is done, and the loop goes
// on, except where the plan is to block the loop.

#include "servers/handler/plan.hpp"
#include "servers/runtime/asio_types.hpp"

namespace tvl::waits::awaiting {

// The plan has to outlive the task.
runtime::task fulfil(const handler::plan&);

}  // namespace tvl::waits::awaiting
