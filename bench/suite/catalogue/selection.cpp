#include "bench/suite/catalogue/selection.hpp"

#include "bench/suite/config/toml_reader.hpp"
#include "bench/suite/processes/installed_programs.hpp"
#include "bench/suite/processes/start_server.hpp"
#include "bench/support/suggestion.hpp"

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

namespace tvl::suite {
namespace {

std::vector<std::string> names_of(const std::map<std::string, workload>& workloads) {
  std::vector<std::string> names;
  for (const auto& [name, w] : workloads) names.push_back(name);
  return names;
}

std::string no_endpoint(const manifest& m, const std::string& names) {
  return "no endpoint " + names + " in " + m.file.filename().string();
}

std::vector<std::string> not_offered(const std::vector<std::string>& endpoints, const manifest& m) {
  std::vector<std::string> missing;
  std::ranges::copy_if(endpoints, std::back_inserter(missing), [&](const std::string& value) {
    const auto offers = [&](const std::string& name) { return m.endpoints.contains(name); };
    return std::ranges::none_of(endpoints_at_once(value), offers);
  });
  return missing;
}

// The endpoint that the contestant lacks for every point of the workload; empty = it can be measured.
std::string missing_endpoint(const workload& w, const manifest& m, bool quick) {
  if (!m.endpoints.contains(w.endpoint)) return "'" + w.endpoint + "'";
  for (const auto& endpoint : not_offered(background_endpoints(settings_of(w, quick)), m)) return "'" + endpoint + "'";
  if (w.beside.empty() || not_offered(w.beside, m).size() < w.beside.size()) return "";
  std::string names;
  for (const auto& name : w.beside) names += (names.empty() ? "'" : " or '") + name + "'";
  return names;
}

bool knows_axis(const manifest& m, const workload& w) { return !fills_command(w.x) || takes(m, w.x); }

// Empty status = it can be measured.
left_out obstacle(const catalogue& known, const workload& w, const std::string& contestant,
                  const selection_request& request) {
  if (const auto broken = known.broken.find(contestant); broken != known.broken.end()) {
    return {w.name, contestant, "failed", broken->second};
  }
  const auto& m = known.manifests.at(contestant);
  if (const auto unmet = unmet_need(m.needs)) return {w.name, contestant, "not installed", *unmet};
  if (!request.bin.empty() && !unbuilt_program(m, request.bin).empty())
    return {w.name, contestant, "not installed", "not built here"};
  if (const auto names = missing_endpoint(w, m, request.quick); !names.empty()) {
    return {w.name, contestant, "not offered", no_endpoint(m, names)};
  }
  if (!knows_axis(m, w)) {
    return {w.name, contestant, "not offered", "no {" + w.x + "} in its command, the x axis of " + w.name};
  }
  return {w.name, contestant, "", ""};
}

// A workload must not name a contestant without its x axis; one named on the command line is left out instead.
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

bool any_offers(const catalogue& known, const std::vector<std::string>& contestants, const workload& w, bool quick) {
  return std::ranges::any_of(contestants, [&](const std::string& name) {
    const auto m = known.manifests.find(name);
    return m != known.manifests.end() && missing_endpoint(w, m->second, quick).empty();
  });
}

// The points that this contestant cannot serve, while its other points are measured.
void leave_out_some(const workload& w, const manifest& m, const std::string& contestant, selected_workload& selected,
                    std::vector<left_out>& missing) {
  for (const auto& endpoint : not_offered(w.beside, m)) {
    selected.not_beside[contestant].insert(endpoint);
    missing.push_back({w.name, contestant, "not offered", no_endpoint(m, "'" + endpoint + "'"), true});
  }
}

// No workload fits the user-supplied contestants: an unreadable manifest is the more likely reason.
[[noreturn]] void refuse(const catalogue& known, const std::vector<std::string>& user_contestants) {
  for (const auto& name : user_contestants) {
    if (const auto broken = known.broken.find(name); broken != known.broken.end()) throw bad_file(broken->second);
  }
  throw bad_file("no workload asks for what " + user_contestants.front() + " offers");
}

std::vector<std::string> chosen_workloads(const catalogue& known, const selection_request& request) {
  if (!request.workloads.empty()) return request.workloads;
  auto names = names_of(known.workloads);
  const auto named_only = [&](const auto& name) {
    return settings_of(known.workloads.at(name), request.quick).named_only;
  };
  std::erase_if(names, named_only);
  if (request.user_contestants.empty()) return names;
  std::erase_if(names, [&](const auto& name) {
    return !any_offers(known, request.user_contestants, known.workloads.at(name), request.quick);
  });
  if (names.empty()) refuse(known, request.user_contestants);
  return names;
}

// The first one is the baseline.
std::vector<std::string> contestants_of(const workload& w, const selection_request& request) {
  auto names = request.contestants.empty() && !request.only ? w.contestants : request.contestants;
  for (const auto& name : request.user_contestants) {
    if (std::ranges::find(names, name) == names.end()) names.push_back(name);
  }
  if (!request.baseline.empty()) {
    std::erase(names, request.baseline);
    names.insert(names.begin(), request.baseline);
  }
  return names;
}

selected_workload select_contestants(const catalogue& known, const workload& w, const selection_request& request,
                                     std::vector<left_out>& missing) {
  if (request.contestants.empty()) {
    check_contestants(known, w.contestants, w.file.filename().string() + ": ");
    for (const auto& [where, name] : w.claimed.contestants) check_contestants(known, {name}, where);
    check_axis(known, w);
  }
  const auto& settings = settings_of(w, request.quick);
  selected_workload selected{w.name, settings.variables, {}, request.repetitions.value_or(settings.repetitions)};
  for (const auto& contestant : contestants_of(w, request)) {
    if (auto problem = obstacle(known, w, contestant, request); !problem.status.empty()) {
      missing.push_back(std::move(problem));
      continue;
    }
    const auto& m = known.manifests.at(contestant);
    selected.contestants.push_back(contestant);
    selected.unknown[contestant] = unknown_variables(settings.variables, m);
    leave_out_some(w, m, contestant, selected, missing);
  }
  return selected;
}

}  // namespace

selection select(const catalogue& known, const selection_request& request) {
  for (const auto& name : request.workloads) {
    if (!known.workloads.contains(name)) throw bad_file(unknown("workload", name, names_of(known.workloads)));
  }
  check_contestants(known, request.contestants);
  if (!request.baseline.empty()) check_contestants(known, {request.baseline}, "--baseline: ");
  if (request.only && request.contestants.empty() && request.user_contestants.empty())
    throw bad_file("--only needs a --contestant or a --url");
  selection chosen;
  for (const auto& name : chosen_workloads(known, request)) {
    chosen.workloads.push_back(select_contestants(known, known.workloads.at(name), request, chosen.missing));
  }
  return chosen;
}

void check_seconds(const catalogue& known, const selection& chosen, bool quick) {
  for (const auto& selected : chosen.workloads) {
    if (const auto wrong = config_error_of(settings_of(known.workloads.at(selected.workload), quick)))
      throw bad_file(selected.workload + ".toml does not go with --seconds: '" + wrong->key + "' " + wrong->what);
  }
}

}  // namespace tvl::suite
