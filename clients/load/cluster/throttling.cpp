#include "clients/load/cluster/throttling.hpp"

#include <fstream>
#include <istream>
#include <sstream>
#include <utility>

namespace tvl::load {
namespace {

struct control_group {
  std::string path;
  bool unified = false;  // cgroup v2
};

bool lists(const std::string& controllers, const std::string& one) {
  return ("," + controllers + ",").find("," + one + ",") != std::string::npos;
}

// "N:cpu,cpuacct:/PATH" is a line of v1, "0::/PATH" that of v2. Where both are, v1 has the controller.
std::optional<control_group> group_of_cpu(std::istream& groups) {
  std::optional<control_group> found;
  for (std::string number, controllers, path;
       std::getline(groups, number, ':') && std::getline(groups, controllers, ':') && std::getline(groups, path);) {
    if (lists(controllers, "cpu")) return control_group{path, false};
    if (controllers.empty()) found = control_group{path, true};
  }
  return found;
}

struct mounted {
  std::string root, point;  // the group that is at this folder
};

// "36 35 98:0 ROOT POINT rw,noatime shared:1 - cgroup SOURCE rw,cpu,cpuacct"
std::optional<mounted> mount_of(const control_group& group, std::istream& mounts) {
  for (std::string line; std::getline(mounts, line);) {
    const auto dash = line.find(" - ");
    if (dash == line.npos) continue;
    std::string skipped, type, source, options;
    mounted at;
    std::istringstream(line) >> skipped >> skipped >> skipped >> at.root >> at.point;
    std::istringstream(line.substr(dash + 3)) >> type >> source >> options;
    if (group.unified ? type == "cgroup2" : type == "cgroup" && lists(options, "cpu")) return at;
  }
  return std::nullopt;
}

}  // namespace

std::vector<std::string> cpu_statistics(std::istream& groups, std::istream& mounts) {
  const auto group = group_of_cpu(groups);
  const auto at = group ? mount_of(*group, mounts) : std::nullopt;
  if (!at) return {};
  const std::string root = at->root == "/" ? "" : at->root;
  if (!(group->path + "/").starts_with(root + "/")) return {};
  std::string below = group->path.substr(root.size());
  if (below == "/") below.clear();
  std::vector<std::string> files;
  for (;; below.erase(below.rfind('/'))) {
    files.push_back(at->point + below + "/cpu.stat");
    if (below.empty()) return files;
  }
}

std::optional<std::int64_t> throttled_periods(std::istream& statistics) {
  std::string key;
  for (std::int64_t value = 0; statistics >> key >> value;)
    if (key == "nr_throttled") return value;
  return std::nullopt;
}

std::optional<std::int64_t> throttled_periods() {
  std::ifstream groups("/proc/self/cgroup"), mounts("/proc/self/mountinfo");
  std::optional<std::int64_t> sum;
  for (const auto& file : cpu_statistics(groups, mounts)) {
    std::ifstream statistics(file);
    if (const auto periods = throttled_periods(statistics)) sum = sum.value_or(0) + *periods;
  }
  return sum;
}

}  // namespace tvl::load
