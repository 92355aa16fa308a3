#pragma once
// A load run by several generator processes: more connections than the limit of open files allows one.
//
// Each is a tvl-load with a share of the plan. They connect, wait for each other, and begin their warm-up at one common
// moment, so that their windows are the same. Only this process watches the server. Their points are merged into one
// (merge_points.hpp).

#include "clients/load/base/bad_plan.hpp"
#include "clients/load/meter/watcher.hpp"

#include <filesystem>
#include <iosfwd>

namespace tvl::load {

// `tvl_load` is the program. With one process (process_shares.hpp: processes_of) the same as run(). With several the
// watcher's each_second is not called, the point has no trace, and its seconds have no percentiles. Throws bad_plan:
// what run() calls one, in any of them; several and plan::requests. Throws std::runtime_error: one of them ended before
// its time, or did not end. However it goes, none of them is left.
point run_in_processes(const plan&, const watcher&, const std::filesystem::path& tvl_load);

// What one of them does (`tvl-load --share`), spoken to by run_in_processes() on `in` and `out`.
void run_share(std::istream& in, std::ostream& out, std::stop_token);

}  // namespace tvl::load
