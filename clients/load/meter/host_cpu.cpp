#include "clients/load/meter/host_cpu.hpp"

#include "clients/load/base/clock.hpp"

#include <unistd.h>

#include <algorithm>
#include <ctime>
#include <fstream>
#include <string>

namespace tvl::load {
namespace {

std::optional<std::int64_t> machine_busy() {
  std::string name;
  std::int64_t user = 0, nice = 0, system = 0, idle = 0, wait = 0, irq = 0, softirq = 0, steal = 0;
  std::ifstream stat("/proc/stat");
  if (!(stat >> name >> user >> nice >> system >> idle >> wait >> irq >> softirq >> steal)) return std::nullopt;
  return (user + nice + system + irq + softirq + steal) * (1'000'000'000 / ::sysconf(_SC_CLK_TCK));
}

std::int64_t own_cpu() {
  timespec t{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return t.tv_sec * std::int64_t{1'000'000'000} + t.tv_nsec;
}

}  // namespace

host_reading read_host() { return {clock_now(), machine_busy(), own_cpu()}; }

std::optional<double> others_share(const host_reading& begin, const host_reading& end, std::int64_t server_ns) {
  if (!begin.busy_ns || !end.busy_ns || end.at_ns <= begin.at_ns) return std::nullopt;
  const std::int64_t others = (*end.busy_ns - *begin.busy_ns) - (end.own_ns - begin.own_ns) - server_ns;
  return std::max(0.0, static_cast<double>(others) / static_cast<double>(end.at_ns - begin.at_ns));
}

}  // namespace tvl::load
