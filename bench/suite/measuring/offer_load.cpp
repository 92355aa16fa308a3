#include "bench/suite/measuring/offer_load.hpp"

#include "clients/load/cluster/run_on_hosts.hpp"
#include "clients/load/run/multi_process.hpp"

namespace tvl::suite {

load::point offer_load(const load::plan& p, const load::watcher& w, const conditions& run) {
  if (!run.is_from_hosts()) return load::run_in_processes(p, w, run.bin / "tvl-load");
  auto hosts = run.load_hosts;
  const auto connections = static_cast<std::size_t>(p.connections);
  if (hosts.names.size() > connections) hosts.names.resize(connections);
  return load::run_on_hosts(p, hosts, w, run.bin);
}

}  // namespace tvl::suite
