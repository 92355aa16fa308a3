#include "bench/suite/catalogue/left_out_notes.hpp"

#include <algorithm>
#include <utility>

namespace tvl::suite {
namespace {

constexpr std::size_t named = 3;

std::string listed(const std::vector<std::string>& workloads) {
  std::string text;
  for (std::size_t i = 0; i < std::min(workloads.size(), named); ++i) text += (i == 0 ? "" : ", ") + workloads[i];
  if (workloads.size() > named) text += " and " + std::to_string(workloads.size() - named) + " more";
  return text;
}

}  // namespace

std::vector<std::string> notes_of(const std::vector<left_out>& missing) {
  std::vector<std::pair<std::string, std::vector<std::string>>> found;  // what is said -> workloads
  for (const auto& one : missing) {
    const auto said = one.contestant + " left out, " + one.status + ": " + one.reason;
    auto same = std::ranges::find(found, said, &std::pair<std::string, std::vector<std::string>>::first);
    if (same == found.end()) same = found.insert(found.end(), {said, {}});
    same->second.push_back(one.workload);
  }
  std::vector<std::string> notes;
  for (const auto& [said, workloads] : found) notes.push_back(listed(workloads) + ": " + said);
  return notes;
}

}  // namespace tvl::suite
