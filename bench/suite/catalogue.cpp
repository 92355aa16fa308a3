#include "bench/suite/catalogue.hpp"

#include "bench/suite/nearest.hpp"
#include "bench/suite/toml_file.hpp"

#include <algorithm>

namespace tvl::suite {
namespace {

std::vector<std::filesystem::path> toml_files(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  std::error_code absent;
  for (const auto& entry : std::filesystem::directory_iterator(folder, absent)) {
    if (entry.path().extension() == ".toml") files.push_back(entry.path());
  }
  std::ranges::sort(files);
  return files;
}

template <class Map>
std::vector<std::string> names_of(const Map& map) {
  std::vector<std::string> names;
  for (const auto& [name, value] : map) names.push_back(name);
  return names;
}

std::vector<std::string> contestant_names(const catalogue& known) {
  auto names = names_of(known.manifests);
  std::ranges::copy(names_of(known.broken), std::back_inserter(names));
  return names;
}

void check_contestants(const catalogue& known, const std::vector<std::string>& names, const std::string& where) {
  const auto all = contestant_names(known);
  for (const auto& name : names) {
    if (std::ranges::find(all, name) == all.end()) throw bad_file(where + unknown("contestant", name, all));
  }
}

// Empty status = it can be measured.
left_out obstacle(const catalogue& known, const workload& w, const std::string& contestant) {
  left_out none{w.name, contestant, "", ""};
  if (const auto broken = known.broken.find(contestant); broken != known.broken.end()) {
    return {w.name, contestant, "failed", broken->second};
  }
  const auto& m = known.manifests.at(contestant);
  if (const auto program = missing_program(m)) {
    return {w.name, contestant, "not installed", "'" + *program + "' is not on PATH"};
  }
  if (!m.endpoints.contains(w.endpoint)) {
    return {w.name, contestant, "not offered", "no endpoint '" + w.endpoint + "' in " + m.file.filename().string()};
  }
  return none;
}

}  // namespace

catalogue read_catalogue(const std::filesystem::path& servers, const std::filesystem::path& workloads) {
  catalogue known;
  auto files = toml_files(servers);
  std::ranges::copy(toml_files(servers / "outsiders"), std::back_inserter(files));
  for (const auto& file : files) {
    try {
      known.manifests.emplace(file.stem().string(), read_manifest(file));
    } catch (const bad_file& error) {
      known.broken.emplace(file.stem().string(), error.what());
    }
  }
  if (files.empty()) throw bad_file("no manifest (*.toml) in " + servers.string());
  for (const auto& file : toml_files(workloads)) known.workloads.emplace(file.stem().string(), read_workload(file));
  if (known.workloads.empty()) throw bad_file("no workload (*.toml) in " + workloads.string());
  return known;
}

selection select(const catalogue& known, const wish& asked) {
  const auto all = names_of(known.workloads);
  for (const auto& name : asked.workloads) {
    if (!known.workloads.contains(name)) throw bad_file(unknown("workload", name, all));
  }
  check_contestants(known, asked.contestants, "");
  selection chosen;
  for (const auto& name : asked.workloads.empty() ? all : asked.workloads) {
    const auto& w = known.workloads.at(name);
    if (asked.contestants.empty()) check_contestants(known, w.contestants, w.file.filename().string() + ": ");
    const auto& settings = settings_of(w, asked.quick);
    demand d{name, settings.connections, {}, asked.repetitions.value_or(settings.repetitions)};
    for (const auto& contestant : asked.contestants.empty() ? w.contestants : asked.contestants) {
      const auto problem = obstacle(known, w, contestant);
      if (problem.status.empty()) {
        d.contestants.push_back(contestant);
      } else {
        chosen.missing.push_back(problem);
      }
    }
    chosen.demands.push_back(std::move(d));
  }
  return chosen;
}

const load_settings& settings_of(const workload& w, bool quick) { return quick ? w.quick : w.full; }

}  // namespace tvl::suite
