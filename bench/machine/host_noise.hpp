#pragma once
// Properties of a machine that influence measurements, besides its limits: cores, clock, neighbours, mitigations.

#include "bench/machine/proc_files.hpp"

#include <optional>
#include <string>
#include <vector>

namespace tvl::suite {

struct host_fact {
  std::string name;
  std::optional<std::string> value;  // empty = cannot be read
  std::string warning = "";          // the problem and its remedy; empty = none
};

std::vector<host_fact> read_host_facts(const machine_files&);

// Cores used by all processes, and stolen by the hypervisor, between two readings of /proc/stat that count so many
// cores. Empty when too little time has passed. The caller sleeps meanwhile.
struct host_load {
  double busy = 0;
  double stolen = 0;
  std::uint64_t cores = 0;  // of so many; 0 = not known
};
std::optional<host_load> load_between(const std::optional<cpu_ticks>& begin, const std::optional<cpu_ticks>& end,
                                      std::uint64_t cores);
host_fact load_fact(const std::optional<host_load>& now, const std::optional<std::string>& loadavg);

// The number of cores in a list such as "0-3,8".
std::optional<std::uint64_t> count_cpus(const std::optional<std::string>& list);

// The CPU quota in cores of the tightest control group; empty = none.
std::optional<double> cpu_quota(const machine_files&);

}  // namespace tvl::suite
