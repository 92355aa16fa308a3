#pragma once

#include "servers/handler/plan.hpp"
#include "servers/waits/awaiting/gather.hpp"
#include "servers/waits/awaiting/services.hpp"
#include "servers/waits/upstream_call.hpp"

#include <chrono>

namespace tvl::waits::awaiting {

// 200 with {"calls":N,"bytes":N}; the first call of the plan that failed decides otherwise.
awaited_outcome fetch(services&, const handler::plan&);

// One call, until `deadline` at most.
awaited_outcome perform(services&, upstream_call&, std::chrono::steady_clock::time_point deadline);

}  // namespace tvl::waits::awaiting
