#include "bench/suite/measuring/prepared_point.hpp"

#include "bench/suite/planning/load_plan.hpp"
#include "bench/suite/processes/start_server.hpp"
#include "clients/load/base/bad_plan.hpp"
#include "clients/load/plan/process_shares.hpp"

#include <algorithm>

namespace tvl::suite {
namespace {

// Limits are those towards this machine.
constexpr char any_server[] = "http://127.0.0.1:80";

service_names services_of(const manifest& m, const std::vector<std::string>& endpoints) {
  service_names called;
  for (const auto& endpoint : endpoints) called.merge(services_for(m, endpoint));
  return called;
}

}  // namespace

prepared_point::prepared_point(const scheduled& s, const catalogue& known, const conditions& r)
    : where(s),
      work(known.workloads.at(s.workload)),
      contestant(known.manifests.at(s.contestant)),
      settings(settings_of(work, r.quick)),
      run(r),
      endpoints(endpoints_of(work, s.settings)),
      services(services_of(contestant, endpoints)),
      plan(plan_for_server(any_server, std::nullopt)),
      command(contestant, s, plan, run.server_cores()) {}

void prepared_point::check_generator() const {
  if (!run.is_from_hosts()) return void(load::check_limits(plan));
  if (work.is_room) throw load::bad_plan("all members of a room are in one process: not with --load-hosts");
}

need prepared_point::needs() const {
  need n;
  n.connections = load::connections_of(plan);
  n.sources = std::max<std::uint64_t>(load::with_enough_sources(plan).sources.size(), 1);
  if (contestant.kind() != contestant_kind::launch) return n;
  n.threads = static_cast<std::uint64_t>(command.threads());
  n.processes = static_cast<std::uint64_t>(command.processes());
  return n;
}

launch prepared_point::how_to_start(std::map<std::string, std::string> values) const {
  values["bin"] = run.bin.string();
  values["dir"] = contestant.file.parent_path().string();
  for (const auto& [name, text] : command.texts()) values[name] = text;
  launch how;
  fill_launch(how, contestant, values);
  how.probe = path_for(work, contestant, where);
  how.address = run.address;
  how.cpus = run.cpus.server;
  how.logs = run.logs;
  how.stop = run.stop;
  return how;
}

load::plan prepared_point::plan_for_server(const std::string& url, std::optional<double> knee) const {
  auto p = plan_for(work, settings, contestant, where, url, knee);
  p.allow_remote = true;  // check_host() has refused remote hosts
  p.seed += run.seed;
  p.server_cores = static_cast<double>(run.server_cores());
  if (run.is_from_hosts()) {  // each has an address and cores of its own, and traces of several cannot be merged
    p.threads = 1;
    p.sources.clear();
    p.trace_s = 0;
    return p;
  }
  p.threads = std::min(static_cast<int>(run.cpus.generator.size()), p.connections);
  p.cpus = run.cpus.generator;
  // A spinning generator would take the core from services on it.
  if (!services.empty() && run.service_cpus == p.cpus) p.idle = load::idle_strategy::sleep;
  return p;
}

cpu_split prepared_point::cpus(const running_server& server) const {
  auto split = run.cpus;
  if (run.is_from_hosts()) split.generator.clear();
  if (contestant.kind() == contestant_kind::launch) return split;
  split.server = server.metered().empty() ? std::vector<int>() : allowed_cpus(server.metered().front());
  split.shared = std::ranges::find_first_of(split.server, split.generator) != split.server.end();
  return split;
}

}  // namespace tvl::suite
