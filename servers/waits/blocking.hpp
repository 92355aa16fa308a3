#pragma once
// How a thread carries out a plan: it stops until the plan is done.

#include "servers/handler/plan.hpp"

namespace tvl::waits::blocking {

handler::outcome fulfil(const handler::plan&);

}  // namespace tvl::waits::blocking
