#pragma once

#include "servers/handler/plan.hpp"
#include "servers/runtime/asio_types.hpp"

#include <vector>

namespace tvl::waits::awaiting {

using awaited_outcome = boost::asio::awaitable<handler::outcome, runtime::executor>;

// All of them at once, on the one thread there is; at least one. Resumes when all have ended.
boost::asio::awaitable<std::vector<handler::outcome>, runtime::executor> gather(std::vector<awaited_outcome> calls);

}  // namespace tvl::waits::awaiting
