#include "clients/load/cluster/job_hosts.hpp"

#include "clients/load/base/bad_plan.hpp"
#include "clients/load/base/printable.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>

namespace tvl::load {
namespace {

// The shell replaces the variable, so that nothing in it is a command.
constexpr char take_apart[] = "scontrol show hostnames \"$SLURM_JOB_NODELIST\" 2>&1 </dev/null";

std::string hosts_of_slurm() {
  FILE* const answer = ::popen(take_apart, "re");
  if (answer == nullptr) throw bad_plan("--hosts auto: cannot start scontrol");
  std::string said;
  std::array<char, 512> bytes;
  while (const auto n = std::fread(bytes.data(), 1, bytes.size(), answer)) said.append(bytes.data(), n);
  if (::pclose(answer) != 0)
    throw bad_plan("--hosts auto: scontrol cannot tell the hosts of this Slurm job: " +
                   in_quotes(said.substr(0, said.find('\n'))));
  return said;
}

std::string hosts_of_pbs(const std::string& name) {
  std::ifstream file(name);
  std::ostringstream content;
  if (!(content << file.rdbuf())) throw bad_plan("--hosts auto: cannot read PBS_NODEFILE, which is " + in_quotes(name));
  return content.str();
}

// A host may be known with its domain and without.
std::string first_part(const std::string& name) { return name.substr(0, name.find('.')); }

}  // namespace

std::vector<std::string> hosts_of_this_job(const std::string& own, const std::string& probe) {
  const char* const nodefile = std::getenv("PBS_NODEFILE");
  if (nodefile == nullptr && std::getenv("SLURM_JOB_NODELIST") == nullptr)
    throw bad_plan("--hosts auto takes the hosts of a job: neither SLURM_JOB_NODELIST nor PBS_NODEFILE is set");
  std::istringstream lines(nodefile != nullptr ? hosts_of_pbs(nodefile) : hosts_of_slurm());
  std::vector<std::string> others;
  for (std::string host; std::getline(lines, host);) {
    const bool is_other = !host.empty() && first_part(host) != first_part(own) && first_part(host) != first_part(probe);
    if (is_other && std::ranges::find(others, host) == others.end()) others.push_back(host);
  }
  if (others.empty())
    throw bad_plan("--hosts auto: the job has no host but this one" + (probe.empty() ? "" : " and " + probe));
  return others;
}

}  // namespace tvl::load
