#pragma once
// The load of the probe.

#include "clients/load/plan/plan.hpp"

namespace tvl::load {

// The same requests in the same window as those of `whole`, so many a second on one connection. It changes nothing
// inside the window, has no background connections and arrivals of its own.
plan probe_plan(const plan& whole, double rate);

}  // namespace tvl::load
