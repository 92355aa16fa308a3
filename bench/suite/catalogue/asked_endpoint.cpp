#include "bench/suite/catalogue/asked_endpoint.hpp"

#include "bench/suite/config/endpoints.hpp"
#include "bench/suite/config/toml_reader.hpp"
#include "bench/support/suggestion.hpp"
#include "bench/support/usage_error.hpp"

#include <algorithm>
#include <set>

namespace tvl::suite {
namespace {

std::vector<std::string> parameters_of(const std::string& endpoint) {
  const auto known = all_endpoints().find(endpoint);
  return known != all_endpoints().end() ? placeholders(known->second) : std::vector<std::string>();
}

bool contains(const std::vector<std::string>& list, const std::string& word) {
  return std::ranges::find(list, word) != list.end();
}

bool has_variable(const load_settings& load, const std::string& name) {
  return std::ranges::find(load.variables, name, &variable::name) != load.variables.end();
}

// Why the workload cannot be put on the endpoint; empty = it can.
std::string obstacle(const workload& w, const std::string& endpoint) {
  if (w.is_room) return "is about a room";
  if (endpoint == "ws_room") return "is about no room, as ws_room is";
  const auto own = parameters_of(w.endpoint), asked = parameters_of(endpoint);
  for (const auto& name : {w.x, w.series.value_or("")}) {
    if (contains(own, name) && !contains(asked, name))
      return "is about '" + name + "', which the endpoint does not have";
  }
  for (const auto& name : asked) {
    if (!has_variable(w.full, name)) return "has no '" + name + "', which " + all_endpoints().at(endpoint) + " needs";
  }
  return "";
}

void put_on(workload& w, const std::string& endpoint) {
  const auto asked = parameters_of(endpoint);
  for (const auto& name : parameters_of(w.endpoint)) {
    if (contains(asked, name)) continue;
    for (auto* load : {&w.full, &w.quick})
      std::erase_if(load->variables, [&](const variable& v) { return v.name == name; });
  }
  w.ceilings.clear();
  w.expected.clear();
  w.claimed = {};
  w.question = "On " + endpoint + " instead of " + w.endpoint + ": " + w.question;
  w.caption = "The load of this workload on the endpoint " + endpoint + ".";
  w.endpoint = endpoint;
}

void check_known(const catalogue& known, const std::string& endpoint) {
  std::set<std::string> offered;
  for (const auto& [name, m] : known.manifests) {
    for (const auto& [each, path] : m.endpoints) offered.insert(each);
  }
  if (offered.contains(endpoint)) return;
  throw bad_file("--endpoint: " + unknown("endpoint", endpoint, {offered.begin(), offered.end()}));
}

}  // namespace

std::optional<std::string> asked_endpoint(const contestant_flags& flags) {
  std::optional<std::string> asked;
  for (const auto& text : flags.endpoints) {
    if (text.find('=') != text.npos) continue;
    if (asked && *asked != text)
      throw bad_input("--endpoint asks for one endpoint, not for " + *asked + " and " + text);
    asked = text;
  }
  return asked;
}

void set_endpoint(catalogue& known, const std::string& endpoint, const std::vector<std::string>& named) {
  check_known(known, endpoint);
  for (auto it = known.workloads.begin(); it != known.workloads.end();) {
    auto& [name, w] = *it;
    const auto why_not = w.endpoint == endpoint ? "" : obstacle(w, endpoint);
    if (!why_not.empty() && contains(named, name))
      throw bad_file("--endpoint " + endpoint + ": workload " + name + " " + why_not);
    if (why_not.empty() && w.endpoint != endpoint) put_on(w, endpoint);
    it = why_not.empty() ? std::next(it) : known.workloads.erase(it);
  }
  if (known.workloads.empty()) throw bad_file("--endpoint " + endpoint + ": no workload can be put on it");
}

}  // namespace tvl::suite
