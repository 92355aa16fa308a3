#include "clients/load/cluster/run_on_hosts.hpp"

#include "clients/load/analysis/phases.hpp"
#include "clients/load/base/bad_plan.hpp"
#include "clients/load/base/clock.hpp"
#include "clients/load/cluster/host_parts.hpp"
#include "clients/load/cluster/mpi_job.hpp"
#include "clients/load/cluster/probe_plan.hpp"
#include "clients/load/run/generator_group.hpp"

#include <unistd.h>

#include <string>

namespace tvl::load {
namespace {

// Lines go through two processes that look for them every millisecond.
constexpr std::int64_t head_start = 500 * one_millisecond;

void check(const plan& p, const load_hosts& hosts, const std::string& rank_program) {
  if (hosts.network.empty())
    throw bad_plan("--hosts needs --network, on which the hosts talk to each other, e.g. 10.77.0.0/24");
  if (::geteuid() == 0 && !hosts.allow_root)
    throw bad_plan("root on one host would be root on all: use another user, or say --allow-root");
  if (p.requests > 0)
    throw bad_plan("a number of requests (-n) ends the window of one generator, not of several hosts'");
  if (!p.cpus.empty()) throw bad_plan("--cpus are cores of this machine, which makes no load with --hosts");
  if (static_cast<std::size_t>(p.connections) < hosts.names.size())
    throw bad_plan(std::to_string(hosts.names.size()) +
                   " generator processes need as many active connections, there are " + std::to_string(p.connections));
  if (!std::filesystem::exists(rank_program))
    throw bad_plan("--hosts needs " + rank_program +
                   ", which is built where Open MPI is found: scripts/setup --cluster");
}

}  // namespace

point run_on_hosts(const plan& asked, const load_hosts& hosts, const watcher& w,
                   const std::filesystem::path& programs) {
  const std::string rank_program = programs / "tvl-load-rank";
  check_changes(asked);
  check(asked, hosts, rank_program);
  check_hosts(hosts, rank_program);
  plan whole = asked;
  whole.processes = static_cast<int>(hosts.names.size());
  mpi_job job(hosts, rank_program);
  generator_group group{.members = job.take_members(), .head_start = head_start};
  if (!hosts.probe.empty()) group.members.back().beside = probe_plan(whole, hosts.probe_rate);
  group_result result = run_together(whole, group, w);
  add_hosts(result.parts, hosts.names, result.over, result.whole);
  if (!hosts.probe.empty()) add_probe(result.beside.front(), hosts.probe, result.over.back(), result.whole);
  return result.whole;
}

}  // namespace tvl::load
