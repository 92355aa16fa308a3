#pragma once

#include "servers/handler/plan.hpp"

#include <cstddef>
#include <functional>
#include <vector>

namespace tvl::waits::blocking {

// Runs call(0) ... call(count - 1) concurrently, the last on this thread, each other one on a new thread. Returns when
// all have ended. 503 for a call whose thread could not be started.
std::vector<handler::service_result> gather(std::size_t count,
                                            const std::function<handler::service_result(std::size_t)>& call);

}  // namespace tvl::waits::blocking
