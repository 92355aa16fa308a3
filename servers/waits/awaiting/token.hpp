#pragma once

#include "servers/handler/plan.hpp"
#include "servers/waits/awaiting/fetch.hpp"

namespace tvl::waits::awaiting {

// 200 with {"active":true} or {"active":false}.
awaited_outcome token(services&, const handler::plan&);
awaited_outcome introspect(services&, const std::string& access_token, std::chrono::steady_clock::time_point deadline);

}  // namespace tvl::waits::awaiting
