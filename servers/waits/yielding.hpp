#pragma once
// How a fiber on the loop carries out a plan: it is suspended until the plan is done, and the loop goes on, except
// where the plan is to block the loop.

#include "servers/handler/plan.hpp"
#include "servers/runtime/asio_types.hpp"

#include <boost/asio/spawn.hpp>

namespace tvl::waits::yielding {

// What a fiber suspends itself with: the last argument of an asynchronous call, as `y[ec]` where errors are values.
using yield = boost::asio::basic_yield_context<runtime::executor>;

void fulfil(const handler::plan&, const yield&);

}  // namespace tvl::waits::yielding
