#pragma once
// The actions of tvl-load. Each prints its result and returns the exit code, 2 when a file cannot be written at the
// end; throws bad_plan.

#include "clients/load/command_line.hpp"

namespace tvl::load {

int offer_load(const command&);         // one run: 0, 3 with --strict when it is not valid, 130 interrupted
int find_knee(const command&);          // --find: 0 found, 1 SLO not met at the lowest load, 130 interrupted
int broadcast(const command&);          // --room
int measure_partition(const command&);  // --share: one of several generator processes, controlled over stdin
int merge_points(const command&);       // merge
int run_selftest(const command&);       // selftest: 0 all passed, 1 not

}  // namespace tvl::load
