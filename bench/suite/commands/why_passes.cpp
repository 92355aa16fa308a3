#include "bench/suite/commands/why_passes.hpp"

#include "bench/suite/commands/list_command.hpp"
#include "bench/suite/measuring/measurer.hpp"
#include "bench/suite/measuring/progress.hpp"
#include "bench/suite/output/points_file.hpp"
#include "bench/suite/output/resume.hpp"
#include "bench/suite/profiling/perf_recording.hpp"
#include "bench/support/usage_error.hpp"

#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <utility>

namespace tvl::suite {
namespace {

// Nothing is profiled: every line says why.
std::vector<left_out> all_left_out(const why_plan& plan) {
  std::vector<left_out> all;
  for (const auto& w : plan.chosen.workloads)
    for (const auto& contestant : w.contestants) all.push_back({w.workload, contestant, "not profiled", plan.obstacle});
  return all;
}

}  // namespace

why_plan plan_why(const catalogue& known, selection_request request, std::uint32_t seed) {
  why_plan plan{points_to_profile(known), {}, {}, ""};
  const bool by_name = !request.workloads.empty();
  std::erase_if(request.workloads, [&](const auto& name) { return !plan.known.workloads.contains(name); });
  if (plan.known.workloads.empty() || (by_name && request.workloads.empty()))
    throw bad_input("--why: none of the chosen workloads has points to profile, a table [why]");
  plan.chosen = select(plan.known, request);
  plan.rounds = with_profiles(schedule(plan.chosen.workloads, seed, 0));
  return plan;
}

bool measure_why(const why_plan& plan, conditions run, services& started, const std::filesystem::path& folder) {
  run.profiles = folder / "profiles";
  std::filesystem::create_directories(run.profiles);
  const auto file = run.profiles / "points.jsonl";
  const bool begun = std::filesystem::exists(file);
  const auto kept = begun ? read_kept_points(file, plan.rounds) : kept_points();
  journal points = begun ? journal(file, kept.bytes) : journal(file);
  const std::vector<scheduled> rest(plan.rounds.begin() + static_cast<std::ptrdiff_t>(kept.next), plan.rounds.end());
  progress shown(std::cerr, isatty(STDERR_FILENO) != 0, planned_rounds(rest, plan.known, run.quick));
  measurer m(plan.known, run, started, points, shown);
  m.leave_out(plan.chosen.missing);
  if (!plan.obstacle.empty()) {
    m.leave_out(all_left_out(plan));
    return true;
  }
  std::cerr << "where the CPU time goes: each point with a profile and without\n";
  for (std::size_t next = 0; next < rest.size() && !run.stop.stop_requested();) {
    const auto row = row_of(rest, next);
    m.measure(row);
    next += row.size();
  }
  return !m.some_failed();
}

}  // namespace tvl::suite
