#pragma once
// A load run by several generator processes, for more connections than the limit of open files allows one process.
//
// Each is a tvl-load with a part of the plan. All connect first and begin their warm-up at the same time, so that their
// windows are the same. Only the parent meters the server. The points are merged (merge_points.hpp).

#include "clients/load/base/bad_plan.hpp"
#include "clients/load/meter/watcher.hpp"
#include "clients/load/run/generator_group.hpp"

#include <filesystem>
#include <iosfwd>

namespace tvl::load {

// `tvl_load` is the program. With one process (process_shares.hpp: processes_of) the same as run(). With several the
// watcher's each_second is not called, the point has no trace, and the rows of its timeline have no percentiles. Throws
// bad_plan as run() in any of them, and for several with plan::requests; generator_ended; std::runtime_error when one
// did not end; run_interrupted for all of these after a stop. Leaves no process behind.
point run_in_processes(const plan&, const watcher&, const std::filesystem::path& tvl_load);

// One of the processes (`tvl-load --share`). `in` and `out` lead to run_in_processes().
void run_share(std::istream& in, std::ostream& out, std::stop_token);

}  // namespace tvl::load
