#pragma once
// The load of a point, from this machine or from the run's load hosts.

#include "bench/suite/measuring/prepared_point.hpp"
#include "clients/load/meter/watcher.hpp"
#include "clients/load/plan/plan.hpp"
#include "clients/load/point/point.hpp"

namespace tvl::suite {

// A point with fewer connections than there are load hosts comes from the first of them. Throws as run_in_processes()
// and run_on_hosts().
load::point offer_load(const load::plan&, const load::watcher&, const conditions&);

}  // namespace tvl::suite
