#pragma once

#include "servers/handler/plan.hpp"
#include "servers/waits/blocking/services.hpp"

namespace tvl::waits::blocking {

// The value of the plan's key; 404 without.
handler::outcome cache(services&, const handler::plan&);

}  // namespace tvl::waits::blocking
