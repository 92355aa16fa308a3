#include "clients/load/meter/host_cpu.hpp"

#include "clients/load/base/clock.hpp"

#include <unistd.h>

#include <algorithm>
#include <ctime>
#include <fstream>
#include <set>
#include <sstream>
#include <string>

namespace tvl::load {
namespace {

std::optional<std::int64_t> busy_ns(const std::vector<int>& cores) {
  std::ifstream stat("/proc/stat");
  const auto ticks = busy_ticks(stat, cores);
  if (!ticks) return std::nullopt;
  return *ticks * (1'000'000'000 / ::sysconf(_SC_CLK_TCK));
}

std::int64_t own_cpu() {
  timespec t{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return t.tv_sec * std::int64_t{1'000'000'000} + t.tv_nsec;
}

}  // namespace

host_reading read_host(const std::vector<int>& cores) { return {clock_now(), busy_ns(cores), own_cpu()}; }

// The first line, "cpu", has the sum of all; the next ones, "cpu0" ..., one core each.
std::optional<std::int64_t> busy_ticks(std::istream& stat, const std::vector<int>& cores) {
  std::set<std::string> wanted;
  for (const int core : cores) wanted.insert("cpu" + std::to_string(core));
  if (wanted.empty()) wanted.insert("cpu");
  std::int64_t sum = 0;
  for (std::string line; !wanted.empty() && std::getline(stat, line) && line.starts_with("cpu");) {
    std::string name;
    std::int64_t user = 0, nice = 0, system = 0, idle = 0, wait = 0, irq = 0, softirq = 0, steal = 0;
    std::istringstream words(line);
    if (!(words >> name >> user >> nice >> system >> idle >> wait >> irq >> softirq >> steal)) return std::nullopt;
    if (wanted.erase(name) > 0) sum += user + nice + system + irq + softirq + steal;
  }
  return wanted.empty() ? std::optional(sum) : std::nullopt;
}

std::optional<double> others_share(const host_reading& begin, const host_reading& end, std::int64_t server_ns) {
  if (!begin.busy_ns || !end.busy_ns || end.at_ns <= begin.at_ns) return std::nullopt;
  const std::int64_t others = (*end.busy_ns - *begin.busy_ns) - (end.own_ns - begin.own_ns) - server_ns;
  return std::max(0.0, static_cast<double>(others) / static_cast<double>(end.at_ns - begin.at_ns));
}

}  // namespace tvl::load
