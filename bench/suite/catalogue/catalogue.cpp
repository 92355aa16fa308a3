#include "bench/suite/catalogue/catalogue.hpp"

#include "bench/suite/config/toml_reader.hpp"
#include "bench/support/suggestion.hpp"

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

void add(catalogue& known, const std::filesystem::path& file) {
  try {
    known.manifests.emplace(file.stem().string(), read_manifest(file));
  } catch (const bad_file& error) {
    known.broken.emplace(file.stem().string(), error.what());
  }
}

// Replaces "*" by all in_order that are not named, so that a new contestant is one file and no edit.
void name_all(const catalogue& known, workload& w) {
  const auto star = std::ranges::find(w.contestants, "*");
  if (star == w.contestants.end()) return;
  std::vector<std::string> others;
  for (const auto& name : known.in_order) {
    if (std::ranges::find(w.contestants, name) == w.contestants.end()) others.push_back(name);
  }
  w.contestants.insert(w.contestants.erase(star), others.begin(), others.end());
}

}  // namespace

void check_contestants(const catalogue& known, const std::vector<std::string>& names, const std::string& where) {
  std::vector<std::string> all;  // user-supplied ones too
  for (const auto& [name, m] : known.manifests) all.push_back(name);
  for (const auto& [name, error] : known.broken) all.push_back(name);
  for (const auto& name : names) {
    if (std::ranges::find(all, name) == all.end()) throw bad_file(where + unknown("contestant", name, all));
  }
}

catalogue read_manifests(const std::filesystem::path& servers) {
  catalogue known;
  for (const auto& folder : {servers, servers / "outsiders"}) {
    for (const auto& file : toml_files(folder)) {
      known.in_order.push_back(file.stem().string());
      add(known, file);
    }
  }
  if (known.in_order.empty()) throw bad_file("no manifest (*.toml) in " + servers.string());
  for (const auto& file : toml_files(servers / "ablations")) add(known, file);
  return known;
}

catalogue read_catalogue(const std::filesystem::path& servers, const std::filesystem::path& workloads) {
  auto known = read_manifests(servers);
  for (const auto& file : toml_files(workloads)) {
    auto w = read_workload(file);
    name_all(known, w);
    known.workloads.emplace(w.name, std::move(w));
  }
  if (known.workloads.empty()) throw bad_file("no workload (*.toml) in " + workloads.string());
  return known;
}

void set_seconds(catalogue& known, double seconds) {
  for (auto& [name, w] : known.workloads) {
    w.full.plan.seconds = w.quick.plan.seconds = seconds;
    if (w.why) w.why->load.plan.seconds = seconds;
  }
}

catalogue points_to_profile(catalogue known) {
  std::erase_if(known.workloads, [](const auto& entry) { return !entry.second.why; });
  for (auto& [name, w] : known.workloads) {
    w.contestants = w.why->contestants;
    w.full = w.quick = w.why->load;
  }
  return known;
}

const load_settings& settings_of(const workload& w, bool quick) { return quick ? w.quick : w.full; }

}  // namespace tvl::suite
