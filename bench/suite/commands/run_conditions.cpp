#include "bench/suite/commands/run_conditions.hpp"

#include "bench/suite/output/environment.hpp"
#include "bench/suite/processes/build_once.hpp"
#include "bench/suite/processes/errors.hpp"
#include "bench/suite/processes/start_server.hpp"

#include <algorithm>
#include <set>
#include <string>

namespace tvl::suite {
namespace {

// For the report, which judges the claims.
nlohmann::json claims_of(const catalogue& known, const std::vector<scheduled>& rounds) {
  auto claims = nlohmann::json::object();
  for (const auto& round : rounds) {
    const auto& w = known.workloads.at(round.workload);
    if (!w.claimed.tables.empty()) claims[w.name] = w.claimed.tables;
  }
  return claims;
}

nlohmann::json shape_of(const std::vector<scheduled>& rounds) {
  std::set<std::string> blocks;
  std::set<int> groups;
  for (const auto& round : rounds) {
    blocks.insert(round.block());
    groups.insert(round.group);
  }
  const auto controls = std::ranges::count_if(rounds, &scheduled::control);
  return {{"blocks", blocks.size()}, {"repetitions", groups.size()}, {"points", rounds.size()}, {"controls", controls}};
}

}  // namespace

void build_contestants(const catalogue& known, const selection& chosen, const std::filesystem::path& logs,
                       std::stop_token stop) {
  std::set<std::string> names;
  for (const auto& w : chosen.workloads) names.insert(w.contestants.begin(), w.contestants.end());
  for (const auto& name : names) {
    const auto& m = known.manifests.at(name);
    if (m.build.empty()) continue;
    launch how;
    how.logs = logs;
    how.stop = stop;
    try {
      fill_build(how, m, {{"bin", program_folder().string()}, {"dir", m.file.parent_path().string()}});
      build_once(how);
    } catch (const server_failed&) {
    }
  }
}

nlohmann::json conditions_of(const settings& s, const catalogue& known, const selection& chosen,
                             const std::vector<scheduled>& rounds) {
  auto conditions = environment(s.command, s.quick);
  conditions["seed"] = s.seed;
  conditions["claims"] = claims_of(known, rounds);
  conditions["rules"] = frozen_rules(s.workloads_dir);
  conditions.update(descriptions(known, chosen));
  conditions["run"] = shape_of(rounds);
  conditions["load_hosts"] = s.load.hosts.names;
  conditions["resumed"] = nlohmann::json::array();
  return s.resume ? resumed_conditions(s.output / "environment.json", conditions) : conditions;
}

}  // namespace tvl::suite
