#pragma once

#include "servers/handler/plan.hpp"
#include "servers/waits/blocking/services.hpp"

namespace tvl::waits::blocking {

// 200 with {"active":true} or {"active":false}.
handler::outcome token(services&, const handler::plan&);

}  // namespace tvl::waits::blocking
