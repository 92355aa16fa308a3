#pragma once

#include "servers/handler/plan.hpp"
#include "servers/waits/blocking/context.hpp"

namespace tvl::waits::blocking {

// 200 with {"active":true} or {"active":false}.
handler::outcome token(services&, const handler::plan&);
handler::outcome introspect(services&, const std::string& access_token, std::chrono::steady_clock::time_point deadline);

}  // namespace tvl::waits::blocking
