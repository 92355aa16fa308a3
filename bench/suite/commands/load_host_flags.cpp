#include "bench/suite/commands/load_host_flags.hpp"

#include "bench/suite/processes/launched_server.hpp"
#include "bench/suite/processes/start_server.hpp"
#include "bench/support/usage_error.hpp"
#include "clients/load/base/bad_plan.hpp"
#include "clients/load/cluster/network.hpp"
#include "clients/load/cluster/run_on_hosts.hpp"

namespace tvl::suite {

void add_load_host_flags(CLI::App& app, load_host_flags& flags) {
  app.add_option(
      "--load-hosts", flags.names,
      "the load comes from these hosts, as of tvl-load --hosts, e.g. load1,load2:4; servers run on this one");
  app.add_option("--load-network", flags.hosts.network,
                 "the only network that the hosts talk to each other on, e.g. 10.77.0.0/24");
  app.add_option("--load-launcher", flags.hosts.launcher, "called as LAUNCHER HOST COMMAND (default: ssh)");
  app.add_flag("--load-as-root", flags.hosts.allow_root, "start processes on the load hosts as root");
  app.add_option("--load-probe", flags.hosts.probe,
                 "a further host that sends a few requests meanwhile, to tell the response time");
  app.add_option("--server-address", flags.address,
                 "address of this host that the load goes to (default: its address in --load-network)");
}

void read_load_hosts(load_host_flags& flags, bool allowed) try {
  if (flags.names.empty()) {
    if (!flags.hosts.network.empty() || flags.hosts.allow_root || !flags.hosts.probe.empty() || !flags.address.empty())
      throw bad_input("--load-network, --load-as-root, --load-probe and --server-address are for --load-hosts");
    flags.address = usual_address;
    return;
  }
  flags.hosts.names = load::parse_hosts(flags.names);
  if (flags.hosts.network.empty()) throw bad_input("--load-hosts needs --load-network, e.g. 10.77.0.0/24");
  if (!allowed)
    throw bad_input("--load-hosts sends load over the network to this host: --allow-remote-host if you mean it");
  if (!flags.hosts.probe.empty()) load::check_probe(flags.hosts);
  const auto own = load::own_address(flags.hosts.network);
  if (flags.address.empty()) flags.address = own;
} catch (const load::bad_plan& error) {
  throw bad_input(error.what());
}

void check_load_hosts(const load_host_flags& flags) try {
  if (!flags.hosts.names.empty()) load::check_hosts(flags.hosts, program_folder() / "tvl-load-rank");
} catch (const load::bad_plan& error) {
  throw bad_input(error.what());
}

}  // namespace tvl::suite
