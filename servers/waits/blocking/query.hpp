#pragma once

#include "servers/handler/plan.hpp"
#include "servers/waits/blocking/context.hpp"

namespace tvl::waits::blocking {

// The row with the plan's id, as JSON; 404 without.
handler::outcome query(services&, const handler::plan&);

}  // namespace tvl::waits::blocking
