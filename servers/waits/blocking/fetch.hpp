#pragma once

#include "servers/drivers/http/http_call.hpp"
#include "servers/handler/plan.hpp"
#include "servers/waits/blocking/context.hpp"

#include <chrono>

namespace tvl::waits::blocking {

// 200 with {"calls":N,"bytes":N}; the first call of the plan that failed decides otherwise.
handler::outcome fetch(services&, const handler::plan&);

// One call, until `deadline` at most.
handler::outcome perform(upstream_call&, std::chrono::steady_clock::time_point deadline);

}  // namespace tvl::waits::blocking
