#pragma once
// Whether a limit of the control group held this process back, as containers have one.

#include <cstdint>
#include <fstream>
#include <optional>
#include <string>

namespace tvl::load::rank {

// The file of a line of /proc/PID/cgroup: "0::/PATH" is of cgroup v2, "N:cpu:/PATH" or "N:cpu,cpuacct:/PATH" of v1.
inline std::optional<std::string> cpu_statistics(const std::string& line) {
  const auto first = line.find(':'), second = line.find(':', first + 1);
  if (second == line.npos) return std::nullopt;
  const std::string controllers = "," + line.substr(first + 1, second - first - 1) + ",";
  const std::string path = line.substr(second + 1) + "/cpu.stat";
  if (controllers == ",,") return "/sys/fs/cgroup" + path;
  return controllers.find(",cpu,") == controllers.npos ? std::nullopt : std::optional("/sys/fs/cgroup/cpu" + path);
}

// The periods so far in which it was throttled. None: no control group says so.
inline std::optional<std::int64_t> throttled_periods() {
  std::ifstream groups("/proc/self/cgroup");
  for (std::string line; std::getline(groups, line);) {
    const auto file = cpu_statistics(line);
    if (!file) continue;
    std::ifstream numbers(*file);
    std::string key;
    for (std::int64_t value = 0; numbers >> key >> value;)
      if (key == "nr_throttled") return value;
  }
  return std::nullopt;
}

}  // namespace tvl::load::rank
