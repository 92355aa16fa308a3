#pragma once
// What else about a machine, beside its limits, shows in the figures: cores, clock, neighbours, mitigations.

#include "bench/machine/proc_files.hpp"

#include <optional>
#include <string>
#include <vector>

namespace tvl::suite {

struct host_fact {
  std::string name;
  std::optional<std::string> value;  // empty = cannot be read here
  std::string warning = "";          // what is wrong with it, and what helps; empty = nothing
};

std::vector<host_fact> read_host_facts(const machine_files&);

// Cores that others use, and that the hypervisor took, between two readings of /proc/stat; the caller sleeps meanwhile.
// Empty when too little time has passed.
struct host_load {
  double busy = 0;
  double stolen = 0;
};
std::optional<host_load> load_between(const std::optional<cpu_ticks>& begin, const std::optional<cpu_ticks>& end,
                                      std::uint64_t cores);
host_fact load_fact(const std::optional<host_load>& now, const std::optional<std::string>& loadavg);

// How many cores a list such as "0-3,8" names.
std::optional<std::uint64_t> count_cpus(const std::optional<std::string>& list);

// Cores' worth of CPU time that the tightest control group grants; empty = no quota.
std::optional<double> cpu_quota(const machine_files&);

}  // namespace tvl::suite
