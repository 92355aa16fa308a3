#pragma once
// What tvl-load can be asked to do. Each prints its result and returns the exit code; bad_plan is the caller's to
// print.

#include "clients/load/command_line.hpp"

namespace tvl::load {

int offer_load(const command&);     // one run: 0, 3 with --strict when it is not valid, 130 interrupted
int find_knee(const command&);      // --find: 0 bracketed, 1 not met even at the lowest load, 130 interrupted
int broadcast(const command&);      // --room
int measure_share(const command&);  // --share: one process of several, spoken to on standard input
int merge_points(const command&);   // merge
int run_selftest(const command&);   // selftest: 0 all passed, 1 not

}  // namespace tvl::load
