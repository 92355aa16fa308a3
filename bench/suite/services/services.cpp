#include "bench/suite/services/services.hpp"

#include "bench/suite/config/endpoints.hpp"
#include "bench/suite/services/postgres.hpp"
#include "bench/suite/services/redis.hpp"
#include "bench/suite/services/upstream.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <system_error>
#include <utility>

namespace tvl::suite {
namespace {

constexpr double full = 0.95;  // of a core

struct kind {
  std::string name;
  std::set<std::string> endpoints;
  std::optional<std::string> service_flags::*given;
  service (*use)(const std::string&);
  service (*start)(const service_environment&);
  bool one_thread;  // uses at most one core
};

const std::array<kind, 3>& kinds() {
  static const std::array<kind, 3> all = {{
      {"redis", {"cache", "services"}, &service_flags::redis, given_redis, start_redis, true},
      {"postgres", {"db", "services"}, &service_flags::postgres, given_postgres, start_postgres, false},
      {"upstream",
       {"fetch", "token", "object", "services"},
       &service_flags::upstream,
       given_upstream,
       start_upstream,
       true},
  }};
  return all;
}

void end(running_server& process) {
  try {
    process.check_alive();
    process.stop();
  } catch (const std::exception&) {
    // It has ended; its destructor kills what it left behind.
  }
}

std::string percent(double cores) { return std::to_string(std::lround(cores * 100)) + " %"; }

}  // namespace

service_names services_for(const manifest& m, const std::string& endpoint) {
  service_names names;
  for (const auto& k : kinds()) {
    const bool called = k.endpoints.contains(endpoint) || !all_endpoints().contains(endpoint);
    if (called && takes(m, k.name)) names.insert(k.name);
  }
  return names;
}

services::services(const service_names& wanted, const service_flags& given, const std::filesystem::path& bin,
                   const std::filesystem::path& logs, const std::vector<int>& cpus, std::stop_token stop)
    : where_{bin, {}, logs, cpus, std::move(stop)} {
  for (const auto& k : kinds()) {
    const auto& own = given.*k.given;
    if (own && wanted.contains(k.name)) running_.emplace(k.name, k.use(*own));
  }
  for (const auto& k : kinds()) {
    if (wanted.contains(k.name) && !running_.contains(k.name)) start(k.name);
  }
}

services::~services() { stop_all(); }

void services::start(const std::string& name) {
  try {
    if (!folder_) folder_.emplace();
    where_.folder = folder_->path();
    running_.emplace(name, std::ranges::find(kinds(), name, &kind::name)->start(where_));
  } catch (const run_stopped&) {
    stop_all();
    throw;
  } catch (const not_installed& error) {
    absent_[name] = {"not installed", name + ": " + error.what()};
  } catch (const server_failed& error) {
    absent_[name] = {"failed", error.what()};
  } catch (const std::system_error& error) {
    absent_[name] = {"failed", name + " cannot be started: " + error.what()};
  }
}

void services::stop_all() {
  for (auto& [name, one] : running_) {
    if (one.process) end(*one.process);
  }
}

std::map<std::string, std::string> services::values() const {
  std::map<std::string, std::string> all;
  for (const auto& k : kinds()) {
    const auto found = running_.find(k.name);
    all[k.name] = found != running_.end() ? found->second.value : "";
  }
  return all;
}

std::optional<services::absence> services::absent(const service_names& needed) const {
  for (const auto& name : needed) {
    if (const auto found = absent_.find(name); found != absent_.end()) return found->second;
  }
  return std::nullopt;
}

service_names services::known(const service_names& asked) const {
  service_names names;
  for (const auto& [name, one] : running_) {
    if (asked.contains(name) && (one.process || name == "upstream")) names.insert(name);
  }
  return names;
}

std::optional<services::ending> services::ended(const service_names& needed) {
  for (const auto& name : needed) {
    const auto found = running_.find(name);
    if (found == running_.end() || !found->second.process) continue;
    try {
      found->second.process->check_alive();
    } catch (const server_failed& error) {
      return ending{name, error.what()};
    }
  }
  return std::nullopt;
}

void services::check_alive(const service_names& needed) {
  if (const auto one = ended(needed)) throw server_failed(one->how);
}

void services::restart(const std::string& name) {
  running_.erase(name);     // which kills what it left behind
  std::error_code ignored;  // what stays there is an error of the start
  std::filesystem::remove_all(where_.folder / name, ignored);
  ++restarts_[name];
  start(name);
}

void services::give_up(const ending& one) {
  running_.erase(one.name);
  absent_[one.name] = {"failed", one.how};
}

std::map<std::string, load::meter> services::meters(const service_names& needed) const {
  std::map<std::string, load::meter> all;
  for (const auto& name : needed) {
    const auto found = running_.find(name);
    if (found == running_.end() || !found->second.process) continue;
    if (const auto& roots = found->second.process->metered(); !roots.empty()) all.emplace(name, load::meter(roots));
  }
  return all;
}

nlohmann::json services::record(const service_names& needed, const cpu_shares& shares) const {
  auto all = nlohmann::json::object();
  for (const auto& name : needed) {
    const auto found = running_.find(name);
    if (found == running_.end()) continue;
    const auto& [value, version, process] = found->second;
    const auto share = shares.find(name);
    const auto restarts = restarts_.find(name);
    all[name] = {
        {"origin", process ? "started" : "given"}, {"version", nullptr}, {"cpu_share", nullptr}, {"restarts", nullptr}};
    if (version) all[name]["version"] = *version;
    if (process) all[name]["restarts"] = restarts == restarts_.end() ? 0 : restarts->second;
    if (share != shares.end() && share->second) all[name]["cpu_share"] = *share->second;
  }
  return all;
}

std::vector<int> service_cpus(const cpu_split& split, const std::vector<int>& allowed) {
  std::vector<int> spare;
  std::ranges::copy_if(allowed, std::back_inserter(spare), [&](int cpu) {
    const auto has = [cpu](const std::vector<int>& list) { return std::ranges::find(list, cpu) != list.end(); };
    return !has(split.server) && !has(split.generator);
  });
  return spare.empty() ? split.generator : spare;
}

std::string service_limit(const cpu_shares& shares, double others, double cores) {
  double sum = 0;
  for (const auto& k : kinds()) {
    const auto found = shares.find(k.name);
    if (found == shares.end() || !found->second) continue;
    const double share = *found->second;
    if (k.one_thread && share > full) return k.name + " used " + percent(share) + " of a core";
    sum += share;
  }
  if (sum == 0 || sum + others <= full * cores) return "";
  return "the services used " + percent(sum) + " and the generator " + percent(others) + " of a core, of " +
         std::to_string(std::lround(cores)) + " that they have";
}

}  // namespace tvl::suite
