#pragma once

#include "servers/handler/plan.hpp"
#include "servers/waits/awaiting/context.hpp"
#include "servers/waits/awaiting/gather.hpp"

namespace tvl::waits::awaiting {

// 200 with all that waits/everything.hpp names; the first part that failed decides otherwise. One after another, or
// (gather) all at once.
awaited_outcome everything(services&, const handler::plan&);

}  // namespace tvl::waits::awaiting
