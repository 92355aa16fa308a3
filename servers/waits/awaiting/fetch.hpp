#pragma once

#include "servers/drivers/http/http_call.hpp"
#include "servers/handler/plan.hpp"
#include "servers/waits/awaiting/context.hpp"
#include "servers/waits/awaiting/gather.hpp"

#include <chrono>

namespace tvl::waits::awaiting {

// 200 with {"calls":N,"bytes":N}; the first call of the plan that failed decides otherwise.
awaited_outcome fetch(services&, const handler::plan&);

// One call, until `deadline` at most.
awaited_outcome perform(services&, upstream_call&, std::chrono::steady_clock::time_point deadline);

}  // namespace tvl::waits::awaiting
