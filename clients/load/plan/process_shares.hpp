#pragma once
// Divides a plan between several generator processes. Pure arithmetic.

#include "clients/load/base/socket_address.hpp"
#include "clients/load/plan/plan.hpp"
#include "clients/load/plan/source_addresses.hpp"

#include <cstdint>

namespace tvl::load {

// All connections open at the same time: active, late and background.
std::uint64_t connections_of(const plan&);

// p.processes; where that is 0, as few as can hold the connections. Throws bad_plan: fewer active connections than
// processes, a negative number.
int processes_of(const plan&);

// The same plan with several loopback sources if it names none and its connections need more than half of the ports of
// one, from where on connects get slow (source_addresses.hpp). Only towards 127.0.0.0/8: IPv6 has one loopback address.
plan with_enough_sources(plan);

// The plan of process i of n: a part of the connections, background connections and rates; its own seed, and its own
// sources and cpus as far as there are enough. The parts add up to the plan.
plan share_of(const plan&, int i, int n);

// Throws bad_plan: the plan has source addresses, and the server is not reached by IPv4.
void check_sources(const plan&, const socket_address& server);

// Throws over_limit when the plan's processes or this machine cannot hold its connections, bad_plan as processes_of().
budget check_limits(const plan&);

}  // namespace tvl::load
