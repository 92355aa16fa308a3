#pragma once
// How a plan is divided between several generator processes, and what it needs of them: arithmetic, no process.

#include "clients/load/plan/plan.hpp"
#include "clients/load/plan/source_addresses.hpp"

#include <cstdint>

namespace tvl::load {

// All that are to be open at the same time: active ones, late ones, populations.
std::uint64_t connections_of(const plan&);

// p.processes; where that is 0, as few as can hold the connections. Throws bad_plan: fewer active connections than
// processes, a negative number.
int processes_of(const plan&);

// The same plan with sources of its own when it has none and one would not do for its connections: from half of the
// ports on, connects get slow (source_addresses.hpp). Only towards 127.0.0.0/8, whose addresses are all ours.
plan with_enough_sources(plan);

// What process i of n offers: its share of connections, populations and rates, seed, sources and cpus of its own as far
// as there are enough. The shares add up to the plan.
plan share_of(const plan&, int i, int n);

// Throws over_limit when the plan's processes or this machine cannot hold its connections, bad_plan as processes_of().
budget check_limits(const plan&);

}  // namespace tvl::load
