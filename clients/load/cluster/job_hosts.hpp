#pragma once
// --hosts auto: the hosts of the batch job that this process belongs to.

#include <string>
#include <vector>

namespace tvl::load {

// The hosts that Slurm (SLURM_JOB_NODELIST, which scontrol takes apart) or PBS (the file PBS_NODEFILE) has given this
// job, each once, in their order; without this one, `own`, and the probe's. Throws bad_plan: no such job, or no host is
// left.
std::vector<std::string> hosts_of_this_job(const std::string& own, const std::string& probe);

}  // namespace tvl::load
