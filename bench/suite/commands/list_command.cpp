#include "bench/suite/commands/list_command.hpp"

#include "bench/machine/idle_check.hpp"
#include "bench/suite/measuring/progress.hpp"
#include "bench/support/format.hpp"

#include <algorithm>
#include <chrono>
#include <ostream>
#include <set>

namespace tvl::suite {

std::vector<planned_round> planned_rounds(const std::vector<scheduled>& rounds, const catalogue& known, bool quick) {
  constexpr double look_s = std::chrono::duration<double>(idle_waiter::look).count();
  std::vector<planned_round> planned;
  std::set<int> groups;
  for (const auto& round : rounds) {
    const auto& settings = settings_of(known.workloads.at(round.workload), quick);
    const double before_it = groups.insert(round.group).second ? look_s : 0;
    const double warmup_s = std::max(settings.plan.warmup_s, known.manifests.at(round.contestant).warmup_s.value_or(0));
    planned.push_back({round.workload, round.contestant, before_it + warmup_s + settings.plan.seconds});
  }
  return planned;
}

void print_list(const catalogue& known, const selection_request& request, std::ostream& out) {
  const auto planned = [&](const selection_request& part) {
    return planned_rounds(schedule(select(known, part).workloads, 0, usual_controls), known, request.quick);
  };
  text_table workloads({"workload", "points", "time", "question"});
  const auto row = [&](const std::string& name, const std::vector<planned_round>& rounds, const std::string& question) {
    workloads.add({name, std::to_string(rounds.size()), duration_text(planned_seconds(rounds)), question});
  };
  for (const auto& [name, w] : known.workloads) {
    auto alone = request;
    alone.workloads = {name};
    row(name, planned(alone), w.question);
  }
  row("together", planned(request), request.quick ? "without those that a quick run has only by name" : "");
  workloads.print(out);
  out << "\n";
  text_table contestants({"contestant", "model", "title"});
  for (const auto& [name, m] : known.manifests) contestants.add({name, m.model, m.title});
  for (const auto& [name, what] : known.broken) contestants.add({name, "?", what});
  contestants.print(out);
}

}  // namespace tvl::suite
