#pragma once

#include "servers/handler/plan.hpp"
#include "servers/waits/blocking/context.hpp"

namespace tvl::waits::blocking {

// The value of the plan's key; 404 without.
handler::outcome cache(services&, const handler::plan&);

}  // namespace tvl::waits::blocking
