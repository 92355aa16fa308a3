#pragma once

#include "servers/handler/plan.hpp"
#include "servers/waits/blocking/context.hpp"

namespace tvl::waits::blocking {

// 200 with all that waits/everything.hpp names; the first part that failed decides otherwise. One after another, or
// (gather) a thread for each.
handler::outcome everything(services&, const handler::plan&);

}  // namespace tvl::waits::blocking
