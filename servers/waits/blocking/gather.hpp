#pragma once

#include "servers/handler/plan.hpp"

#include <cstddef>
#include <functional>
#include <vector>

namespace tvl::waits::blocking {

// call(0) to call(count - 1) at once: the last on this thread, each of the others on one of its own. Returns when all
// have ended. 503 is what a call brings that the machine allows no thread for.
std::vector<handler::service_result> gather(std::size_t count,
                                            const std::function<handler::service_result(std::size_t)>& call);

}  // namespace tvl::waits::blocking
