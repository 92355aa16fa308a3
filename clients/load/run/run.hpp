#pragma once
// Runs one load: opens the connections, warms up, measures one window, and returns the point.
//
//   tvl::load::plan p; p.url = "http://127.0.0.1:8080/plaintext"; p.connections = 64;
//   tvl::load::point result = tvl::load::run(p);
//
// One loop per generator thread; threads share nothing until the end. Request bytes are built once. A reply that
// arrives in one read allocates nothing.

#include "clients/load/meter/watcher.hpp"
#include "clients/load/plan/plan.hpp"
#include "clients/load/point/point.hpp"

namespace tvl::load {

// Throws bad_plan.
point run(const plan&, const watcher& = {});

}  // namespace tvl::load
