#pragma once

#include "servers/handler/plan.hpp"
#include "servers/waits/awaiting/context.hpp"

namespace tvl::waits::awaiting {

// The value of the plan's key; 404 without.
boost::asio::awaitable<handler::outcome, runtime::executor> cache(services&, const handler::plan&);

}  // namespace tvl::waits::awaiting
