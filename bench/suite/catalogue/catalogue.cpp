#include "bench/suite/catalogue/catalogue.hpp"

#include "bench/suite/config/toml_reader.hpp"
#include "bench/suite/processes/installed_programs.hpp"
#include "bench/suite/processes/start_server.hpp"
#include "bench/support/suggestion.hpp"

#include <algorithm>
#include <set>

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

std::string no_endpoint(const manifest& m, const std::string& names) {
  return "no endpoint " + names + " in " + m.file.filename().string();
}

std::vector<std::string> not_offered(const std::vector<std::string>& endpoints, const manifest& m) {
  std::vector<std::string> missing;
  std::ranges::copy_if(endpoints, std::back_inserter(missing),
                       [&](const std::string& name) { return !m.endpoints.contains(name); });
  return missing;
}

// Which endpoint it would have to offer for any point of the workload; empty = it can be asked.
std::string missing_endpoint(const workload& w, const manifest& m, bool quick) {
  if (!m.endpoints.contains(w.endpoint)) return "'" + w.endpoint + "'";
  for (const auto& endpoint : not_offered(crowd_endpoints(settings_of(w, quick)), m)) return "'" + endpoint + "'";
  if (w.beside.empty() || not_offered(w.beside, m).size() < w.beside.size()) return "";
  std::string names;
  for (const auto& name : w.beside) names += (names.empty() ? "'" : " or '") + name + "'";
  return names;
}

bool knows_axis(const manifest& m, const workload& w) { return !fills_command(w.x) || takes(m, w.x); }

// Empty status = it can be measured.
left_out obstacle(const catalogue& known, const workload& w, const std::string& contestant, const wish& asked) {
  left_out none{w.name, contestant, "", ""};
  if (const auto broken = known.broken.find(contestant); broken != known.broken.end()) {
    return {w.name, contestant, "failed", broken->second};
  }
  const auto& m = known.manifests.at(contestant);
  if (const auto unmet = unmet_need(m.needs)) return {w.name, contestant, "not installed", *unmet};
  if (!asked.bin.empty() && !unbuilt_program(m, asked.bin).empty())
    return {w.name, contestant, "not installed", "not built here"};
  if (const auto names = missing_endpoint(w, m, asked.quick); !names.empty()) {
    return {w.name, contestant, "not offered", no_endpoint(m, names)};
  }
  if (!knows_axis(m, w)) {
    return {w.name, contestant, "not offered", "no {" + w.x + "} in its command, the x axis of " + w.name};
  }
  return none;
}

// A workload is to name contestants that can be drawn on it; one that is asked for on the command line is left out.
void check_axis(const catalogue& known, const workload& w) {
  for (const auto& name : w.contestants) {
    const auto m = known.manifests.find(name);
    if (m == known.manifests.end() || knows_axis(m->second, w)) continue;
    throw bad_file(w.file.filename().string() + ": 'x' in [chart] is '" + w.x + "', but the command of " + name +
                   " has no {" + w.x + "}");
  }
}

std::set<std::string> unknown_variables(const std::vector<variable>& variables, const manifest& m) {
  std::set<std::string> names;
  for (const auto& v : variables) {
    if (v.part != role::fixed && fills_command(v.name) && !takes(m, v.name)) names.insert(v.name);
  }
  return names;
}

bool somebody_offers(const catalogue& known, const std::vector<std::string>& contestants, const workload& w,
                     bool quick) {
  return std::ranges::any_of(contestants, [&](const std::string& name) {
    const auto m = known.manifests.find(name);
    return m != known.manifests.end() && missing_endpoint(w, m->second, quick).empty();
  });
}

// Points that the contestant cannot be asked for, while others are measured.
void leave_out_some(const workload& w, const manifest& m, const std::string& contestant, demand& d,
                    std::vector<left_out>& missing) {
  for (const auto& endpoint : not_offered(w.beside, m)) {
    d.not_beside[contestant].insert(endpoint);
    missing.push_back({w.name, contestant, "not offered", no_endpoint(m, "'" + endpoint + "'"), true});
  }
}

// No workload asks for anything that the brought ones offer.
[[noreturn]] void refuse_brought(const catalogue& known, const std::vector<std::string>& brought) {
  for (const auto& name : brought) {
    if (const auto broken = known.broken.find(name); broken != known.broken.end()) throw bad_file(broken->second);
  }
  throw bad_file("no workload asks for what " + brought.front() + " offers");
}

std::vector<std::string> chosen_workloads(const catalogue& known, const wish& asked) {
  if (!asked.workloads.empty()) return asked.workloads;
  auto names = names_of(known.workloads);
  const auto named_only = [&](const auto& name) {
    return settings_of(known.workloads.at(name), asked.quick).named_only;
  };
  std::erase_if(names, named_only);
  if (asked.brought.empty()) return names;
  std::erase_if(names, [&](const auto& name) {
    return !somebody_offers(known, asked.brought, known.workloads.at(name), asked.quick);
  });
  if (names.empty()) refuse_brought(known, asked.brought);
  return names;
}

std::vector<std::string> contestants_of(const workload& w, const wish& asked) {
  auto names = asked.contestants.empty() ? w.contestants : asked.contestants;
  for (const auto& name : asked.brought) {
    if (std::ranges::find(names, name) == names.end()) names.push_back(name);
  }
  return names;
}

// "*" stands for whoever there is and is not named already, so that a new contestant is one file and no edit.
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
  const auto all = contestant_names(known);
  for (const auto& name : names) {
    if (std::ranges::find(all, name) == all.end()) throw bad_file(where + unknown("contestant", name, all));
  }
}

catalogue read_manifests(const std::filesystem::path& servers) {
  catalogue known;
  auto files = toml_files(servers);
  std::ranges::copy(toml_files(servers / "outsiders"), std::back_inserter(files));
  for (const auto& file : files) {
    known.in_order.push_back(file.stem().string());
    try {
      known.manifests.emplace(file.stem().string(), read_manifest(file));
    } catch (const bad_file& error) {
      known.broken.emplace(file.stem().string(), error.what());
    }
  }
  if (files.empty()) throw bad_file("no manifest (*.toml) in " + servers.string());
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

selection select(const catalogue& known, const wish& asked) {
  const auto all = names_of(known.workloads);
  for (const auto& name : asked.workloads) {
    if (!known.workloads.contains(name)) throw bad_file(unknown("workload", name, all));
  }
  check_contestants(known, asked.contestants);
  selection chosen;
  for (const auto& name : chosen_workloads(known, asked)) {
    const auto& w = known.workloads.at(name);
    if (asked.contestants.empty()) {
      check_contestants(known, w.contestants, w.file.filename().string() + ": ");
      for (const auto& [where, name] : w.claimed.contestants) check_contestants(known, {name}, where);
      check_axis(known, w);
    }
    const auto& settings = settings_of(w, asked.quick);
    demand d{name, settings.variables, {}, asked.repetitions.value_or(settings.repetitions)};
    for (const auto& contestant : contestants_of(w, asked)) {
      const auto problem = obstacle(known, w, contestant, asked);
      if (problem.status.empty()) {
        d.contestants.push_back(contestant);
        d.unknown[contestant] = unknown_variables(settings.variables, known.manifests.at(contestant));
        leave_out_some(w, known.manifests.at(contestant), contestant, d, chosen.missing);
      } else {
        chosen.missing.push_back(problem);
      }
    }
    chosen.demands.push_back(std::move(d));
  }
  return chosen;
}

void set_seconds(catalogue& known, double seconds) {
  for (auto& [name, w] : known.workloads) w.full.plan.seconds = w.quick.plan.seconds = seconds;
}

void check_seconds(const catalogue& known, const selection& chosen, bool quick) {
  for (const auto& d : chosen.demands) {
    if (const auto wrong = misfit_of(settings_of(known.workloads.at(d.workload), quick)))
      throw bad_file(d.workload + ".toml does not go with --seconds: '" + wrong->key + "' " + wrong->what);
  }
}

const load_settings& settings_of(const workload& w, bool quick) { return quick ? w.quick : w.full; }

}  // namespace tvl::suite
