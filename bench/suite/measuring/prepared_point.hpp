#pragma once
// One round before its server runs: the load, the command, and what they need of the machine.

#include "bench/machine/cpus.hpp"
#include "bench/machine/resource_limits.hpp"
#include "bench/suite/catalogue/catalogue.hpp"
#include "bench/suite/planning/command_values.hpp"
#include "bench/suite/planning/schedule.hpp"
#include "bench/suite/processes/launched_server.hpp"
#include "bench/suite/services/services.hpp"
#include "clients/load/cluster/load_hosts.hpp"
#include "clients/load/plan/plan.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace tvl::suite {

// The same for all points of a run.
struct conditions {
  bool quick = false;
  cpu_split cpus;
  std::vector<int> service_cpus;
  std::filesystem::path bin;       // {bin}
  std::filesystem::path logs;      // what servers print
  std::uint32_t seed = 0;          // of every load, together with the repetition
  double idle_wait_s = 0;          // see idle_waiter
  bool concurrent = false;         // see measurer::measure()
  bool beside_other_work = false;  // see load::watcher
  std::stop_token stop;
  load::load_hosts load_hosts;          // without names: the load comes from this machine
  std::string address = usual_address;  // that servers listen on
  std::filesystem::path profiles = {};  // folder of profiles, in a run of points that have one or are beside one

  bool is_from_hosts() const { return !load_hosts.names.empty(); }
  int server_cores() const { return static_cast<int>(cpus.server.size()); }
};

// Refers to its arguments.
struct prepared_point {
  prepared_point(const scheduled&, const catalogue&, const conditions&);

  const scheduled& where;
  const workload& work;
  const manifest& contestant;
  const load_settings& settings;
  const conditions& run;
  std::vector<std::string> endpoints;  // requested; the first is the workload's own
  service_names services;              // that the contestant calls for them
  load::plan plan;                     // for limits and the command: no server's URL, rates may be percentages
  command_values command;

  // Throws bad_plan when the generator cannot hold the connections. Load hosts have limits that only they know.
  void check_generator() const;
  // What the point needs of this machine; a server that the suite does not start has limits of its own.
  need needs() const;
  // `service_values` fill {redis}, {postgres}, {upstream}. Throws server_failed for a placeholder without a value.
  launch how_to_start(std::map<std::string, std::string> service_values) const;
  // The load for a running server. `knee` in requests per second, if rates are shares of it.
  load::plan plan_for_server(const std::string& url, std::optional<double> knee) const;
  // A server that the suite did not start is not on the cores chosen for servers, and load hosts use none of them.
  cpu_split cpus(const running_server&) const;
};

}  // namespace tvl::suite
