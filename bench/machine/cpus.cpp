#include "bench/machine/cpus.hpp"

#include <sched.h>

#include <algorithm>
#include <cerrno>
#include <regex>
#include <set>
#include <stdexcept>
#include <system_error>

namespace tvl::suite {
namespace {

bool contains(const std::vector<int>& list, int cpu) { return std::ranges::find(list, cpu) != list.end(); }

std::string text(const std::vector<int>& cpus) {
  std::string joined;
  for (const int cpu : cpus) joined += (joined.empty() ? "" : ",") + std::to_string(cpu);
  return joined;
}

}  // namespace

std::vector<int> parse_cpus(const std::string& list) {
  static const std::regex whole(R"(\d{1,4}(-\d{1,4})?(,\d{1,4}(-\d{1,4})?)*)");
  static const std::regex range(R"((\d+)(?:-(\d+))?)");
  if (!std::regex_match(list, whole)) {
    throw std::invalid_argument("'" + list + "' is not a list of cores such as 0 or 0,2-3");
  }
  std::vector<int> cpus;
  for (std::sregex_iterator match(list.begin(), list.end(), range), end; match != end; ++match) {
    const int first = std::stoi((*match)[1]);
    const int last = (*match)[2].matched ? std::stoi((*match)[2]) : first;
    for (int cpu = first; cpu <= last; ++cpu) cpus.push_back(cpu);
  }
  return cpus;
}

std::vector<int> allowed_cpus(pid_t pid) {
  cpu_set_t set;
  if (sched_getaffinity(pid, sizeof set, &set) != 0) {
    if (pid != 0) return {};
    throw std::system_error(errno, std::generic_category(), "affinity");
  }
  std::vector<int> cpus;
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (CPU_ISSET(cpu, &set)) cpus.push_back(cpu);
  }
  return cpus;
}

cpu_split split_cpus(std::vector<int> server, std::vector<int> generator, const std::vector<int>& allowed,
                     bool may_share) {
  cpu_split split{std::move(server), std::move(generator), false};
  if (split.server.empty()) split.server = {allowed.front()};
  if (split.generator.empty()) split.generator = {allowed.back()};
  for (const auto* side : {&split.server, &split.generator}) {
    for (const int cpu : *side) {
      if (!contains(allowed, cpu)) {
        throw std::invalid_argument("there is no core " + std::to_string(cpu) + " here (usable: " + text(allowed) +
                                    ")");
      }
      split.shared |= contains(split.server, cpu) && contains(split.generator, cpu);
    }
  }
  if (split.shared && !may_share) {
    throw std::invalid_argument("server (core " + text(split.server) + ") and generator (core " +
                                text(split.generator) + ") would share a core, usable: " + text(allowed) +
                                "; --shared-core measures all the same and marks every point");
  }
  return split;
}

std::vector<int> measured_cpus(const cpu_split& split, const std::vector<int>& services) {
  std::set<int> all(split.server.begin(), split.server.end());
  all.insert(split.generator.begin(), split.generator.end());
  all.insert(services.begin(), services.end());
  return {all.begin(), all.end()};
}

void pin_to(const std::vector<int>& cpus) {
  cpu_set_t set;
  CPU_ZERO(&set);
  for (const int cpu : cpus) CPU_SET(cpu, &set);
  if (sched_setaffinity(0, sizeof set, &set) == 0) return;
  throw std::system_error(errno, std::generic_category(),
                          "cannot choose the core that a process runs on, which measuring needs (sched_setaffinity)");
}

}  // namespace tvl::suite
