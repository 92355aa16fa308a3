#pragma once

#include "servers/handler/plan.hpp"
#include "servers/waits/awaiting/context.hpp"

namespace tvl::waits::awaiting {

// The row with the plan's id, as JSON; 404 without.
boost::asio::awaitable<handler::outcome, runtime::executor> query(services&, const handler::plan&);

}  // namespace tvl::waits::awaiting
