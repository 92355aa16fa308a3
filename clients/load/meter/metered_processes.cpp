#include "clients/load/meter/metered_processes.hpp"

#include <algorithm>
#include <cstddef>
#include <map>

namespace tvl::load {
namespace {

// From the top to the process.
std::vector<pid_t> path_to(pid_t pid, const std::map<pid_t, pid_t>& parents) {
  std::vector<pid_t> path;
  for (auto at = parents.find(pid); at != parents.end(); at = parents.find(at->second)) path.push_back(at->first);
  std::ranges::reverse(path);
  return path;
}

}  // namespace

std::vector<pid_t> tops(const std::vector<process>& all, const std::vector<pid_t>& pids) {
  std::map<pid_t, pid_t> parents;
  for (const auto& p : all) parents.emplace(p.pid, p.parent);
  std::vector<pid_t> found;
  for (const pid_t pid : pids) {
    const auto path = path_to(pid, parents);
    const auto above = std::ranges::count_if(path, [&](pid_t p) { return std::ranges::find(pids, p) != pids.end(); });
    if (above == 1) found.push_back(pid);
  }
  return found;
}

metered_processes without_launchers(const std::vector<process>& started, const std::vector<pid_t>& listening) {
  std::map<pid_t, pid_t> parents;
  for (const auto& p : started) parents.emplace(p.pid, p.parent);
  auto common = path_to(listening.front(), parents);
  for (const pid_t pid : listening) {
    const auto path = path_to(pid, parents);
    common.erase(std::ranges::mismatch(common, path).in1, common.end());
  }
  metered_processes found;
  found.launchers = std::move(common);
  if (!found.launchers.empty()) found.launchers.pop_back();  // the lowest belongs to the server
  for (const pid_t launcher : found.launchers) parents.erase(launcher);
  for (const auto& p : started) {
    if (p.state != 'Z' && parents.contains(p.pid) && !parents.contains(p.parent)) found.roots.push_back(p.pid);
  }
  const auto first = path_to(listening.front(), parents);
  const auto place = first.empty() ? found.roots.end() : std::ranges::find(found.roots, first.front());
  if (place != found.roots.end()) std::rotate(found.roots.begin(), place, place + 1);
  return found;
}

}  // namespace tvl::load
