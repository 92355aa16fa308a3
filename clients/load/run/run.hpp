#pragma once
// Runs one load: opens the connections, warms up, measures one window, and returns the point.
//
//   tvl::load::plan p; p.url = "http://127.0.0.1:8080/plaintext"; p.connections = 64;
//   tvl::load::point result = tvl::load::run(p);
//
// One loop per generator thread, nothing shared between them until the end. Request bytes are built once; a reply that
// comes in one read allocates nothing, and the open loop's queues only as they grow.

#include "clients/load/meter/watcher.hpp"
#include "clients/load/plan/plan.hpp"
#include "clients/load/point/point.hpp"

namespace tvl::load {

// Throws bad_plan.
point run(const plan&, const watcher& = {});

}  // namespace tvl::load
