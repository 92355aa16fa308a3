#pragma once
// A load that comes from other hosts, the server's cost metered here.

#include "clients/load/cluster/load_hosts.hpp"
#include "clients/load/meter/watcher.hpp"

#include <filesystem>

namespace tvl::load {

// Like run_in_processes(), with a process of the same program on each host instead of here. `programs` is the folder of
// tvl-load-rank and tvl-load, here and there. Response times never compare clocks of two hosts; the begin of the window
// does, and what it is uncertain by is in point::hosts. Throws as run_in_processes(), and bad_plan also for a host that
// cannot be used.
point run_on_hosts(const plan&, const load_hosts&, const watcher&, const std::filesystem::path& programs);

}  // namespace tvl::load
