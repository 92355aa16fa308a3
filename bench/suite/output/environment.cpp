#include "bench/suite/output/environment.hpp"

#include "bench/machine/host_noise.hpp"
#include "bench/machine/kernel_settings.hpp"
#include "bench/machine/resource_limits.hpp"
#include "bench/suite/output/identity.hpp"
#include "bench/suite/output/recorded_text.hpp"
#include "bench/suite/processes/program_output.hpp"
#include "bench/suite/processes/start_server.hpp"
#include "bench/support/build_facts.hpp"
#include "bench/support/project_folder.hpp"
#include "bench/support/usage_error.hpp"
#include "bench/version/version.hpp"
#include "clients/load/base/clock.hpp"
#include "clients/load/base/described.hpp"

#include <benchmark/benchmark.h>
#include <boost/version.hpp>

#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <map>
#include <optional>
#include <set>
#include <sstream>
#include <thread>

namespace tvl::suite {
namespace {

using nlohmann::json;

json numbers_or_null(const std::vector<std::uint64_t>& numbers) { return numbers.empty() ? json() : json(numbers); }

json finite(std::optional<std::uint64_t> value) { return value == unlimited ? json() : json(value); }

json limits(const machine_files& files, const std::vector<limit>& all) {
  const auto resources = files.text("/proc/self/limits").value_or("");
  const auto open = parse_resource_limit(resources, "Max open files");
  const std::string net = "/proc/sys/net/";
  return {{"open_files_soft", finite(open.soft)},
          {"open_files_hard", finite(open.hard)},
          {"processes", finite(parse_resource_limit(resources, "Max processes").soft)},
          {"threads_max", json(files.amount("/proc/sys/kernel/threads-max"))},
          {"pid_max", json(files.amount("/proc/sys/kernel/pid_max"))},
          {"max_map_count", json(files.amount("/proc/sys/vm/max_map_count"))},
          {"somaxconn", json(files.amount(net + "core/somaxconn"))},
          {"ip_local_port_range", numbers_or_null(files.numbers(net + "ipv4/ip_local_port_range"))},
          {"tcp_mem", numbers_or_null(files.numbers(net + "ipv4/tcp_mem"))},
          {"tcp_rmem", numbers_or_null(files.numbers(net + "ipv4/tcp_rmem"))},
          {"tcp_wmem", numbers_or_null(files.numbers(net + "ipv4/tcp_wmem"))},
          {"tcp_tw_reuse", json(files.amount(net + "ipv4/tcp_tw_reuse"))},
          {"tcp_max_syn_backlog", json(files.amount(net + "ipv4/tcp_max_syn_backlog"))},
          {"by_name", values_of(all)}};
}

json most(const limit* l, std::optional<std::uint64_t> limit::*room) {
  return l ? json{{"most", *(l->*room)}, {"limit", l->name}} : json();
}

// What a report can name as the end of a sweep.
json bounds(const std::vector<limit>& all) {
  return {{"connections", most(tightest_for_connections(all), &limit::connections)},
          {"threads", most(tightest_for_threads(all), &limit::threads)}};
}

json values_of(const std::vector<host_fact>& facts) {
  json values = json::object();
  for (const auto& fact : facts) values[fact.name] = json(fact.value);
  return values;
}

json mitigations(const machine_files& files) {
  const std::string folder = "/sys/devices/system/cpu/vulnerabilities";
  json found = json::object();
  for (const auto& name : files.names(folder)) found[name] = json(files.line(folder + "/" + name));
  return found.empty() ? json() : found;
}

// What git says of the source folder; empty when there is no git or no repository, e.g. where this is installed.
std::optional<std::string> git(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {"-C", project_folder().string()});
  const auto said = output_of("git", arguments);
  return said.code == 0 ? std::optional(said.text) : std::nullopt;
}

json built_from() { return tvl::commit().empty() ? json() : json(tvl::commit()); }

json benchmark_facts() {
  return {{"version", build::benchmark_version},
          {"library_build_type", json(benchmark_build_type())},
          {"note",
           "Google Benchmark only names, selects and reports the points here. Times come from the load "
           "generator's own "
           "clock, so a library built as debug changes no figure."}};
}

json load_average() {
  double averages[3];
  return getloadavg(averages, 3) == 3 ? json(averages) : json();
}

// Those of the workloads and those that cannot be measured here; a broken manifest has none.
std::map<std::string, const manifest*> manifests_of(const catalogue& known, const selection& chosen) {
  std::set<std::string> names;
  for (const auto& w : chosen.workloads) names.insert(w.contestants.begin(), w.contestants.end());
  for (const auto& missing : chosen.missing) names.insert(missing.contestant);
  std::map<std::string, const manifest*> found;
  for (const auto& name : names) {
    if (const auto m = known.manifests.find(name); m != known.manifests.end()) found.emplace(name, &m->second);
  }
  return found;
}

// Throws bad_input for the first contestant that is not what the run began with.
void check_identities(const std::filesystem::path& file, const json& then, const json& now) {
  const auto all_then = then.value("contestants", json::object()), all_now = now.value("contestants", json::object());
  for (const auto& [name, contestant] : all_now.items()) {
    const auto before = all_then.value(name, json::object());
    const auto changed =
        changes(before.value("identity", json::object()), contestant.value("identity", json::object()));
    std::string what;
    for (const auto& one : changed) what += (what.empty() ? "" : ", ") + one;
    if (changed.empty()) continue;
    throw bad_input(file.parent_path().string() + ": " + name + " is not what the run began with: " + what +
                    (changed.size() == 1 ? " differs" : " differ"));
  }
}

}  // namespace

// The library has no call for this, but says it in the head of its JSON.
std::optional<std::string> benchmark_build_type() {
  std::ostringstream out;
  benchmark::JSONReporter reporter;
  reporter.SetOutputStream(&out);
  reporter.ReportContext(benchmark::BenchmarkReporter::Context());
  reporter.Finalize();
  const auto head = json::parse(out.str(), nullptr, false);
  const auto context = head.is_object() ? head.value("context", json::object()) : json::object();
  const auto type = context.find("library_build_type");
  return type == context.end() ? std::nullopt : std::optional(type->get<std::string>());
}

std::string host_name() {
  utsname names{};
  uname(&names);
  return names.nodename;
}

json environment(const std::string& command, bool quick) {
  utsname names{};
  uname(&names);
  const auto commit = git({"rev-parse", "--verify", "HEAD"});
  const auto changes = git({"status", "--porcelain"});
  const machine_files files;
  const auto all = read_limits(files);
  return {{"schema", 1},
          {"created", load::utc_now()},
          {"host", host_name()},
          {"cpu_model", json(files.field("/proc/cpuinfo", "model name", ':'))},
          {"cores", std::thread::hardware_concurrency()},
          {"memory_bytes",
           static_cast<std::uint64_t>(sysconf(_SC_PHYS_PAGES)) * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE))},
          {"kernel", std::string(names.sysname) + " " + names.release},
          {"os", json(files.field("/etc/os-release", "PRETTY_NAME", '='))},
          {"governor", json(files.line("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"))},
          {"mitigations", mitigations(files)},
          {"limits", limits(files, all)},
          {"bounds", bounds(all)},
          {"host_state", values_of(read_host_facts(files))},
          {"kernel_settings", values_of(read_kernel_settings(files))},
          {"compiler", build::compiler},
          {"compiler_flags", build::compiler_flags},
          {"build_type", build::build_type},
          {"boost", BOOST_LIB_VERSION},
          {"benchmark", benchmark_facts()},
          {"commit", commit ? json(commit->substr(0, commit->find('\n'))) : built_from()},
          {"dirty", changes ? json(!changes->empty()) : json()},
          {"command", portable(without_secrets(command))},
          {"quick", quick},
          {"load_average_at_start", load_average()}};
}

json descriptions(const catalogue& known, const selection& chosen) {
  auto workloads = json::object(), contestants = json::object();
  const auto manifests = manifests_of(known, chosen);
  const auto identities = identities_of(manifests, program_folder());
  for (const auto& [name, m] : manifests)
    contestants[name] = {{"title", without_secrets(m->title)}, {"identity", identities.at(name)}};
  for (const auto& selected : chosen.workloads) {
    const auto& w = known.workloads.at(selected.workload);
    workloads[w.name] = {{"question", w.question},
                         {"chart", {{"panels", w.panels}, {"caption", w.caption}, {"x", w.x}, {"series", w.series}}}};
  }
  return {{"workloads", workloads}, {"contestants", contestants}};
}

json frozen_rules(const std::filesystem::path& workloads) {
  std::ifstream in(workloads / ".." / ".." / "results" / "rules.json");
  auto rules = json::parse(in, nullptr, false);
  return rules.is_object() ? rules : json();
}

json resumed_conditions(const std::filesystem::path& file, const json& now) {
  std::ifstream in(file);
  auto then = json::parse(in, nullptr, false);
  if (!then.is_object() || !then.contains("host")) throw bad_input(file.string() + " is not what tvl-suite wrote");
  for (const auto* machine : {"host", "cpu_model", "cores", "memory_bytes"}) {
    if (then.value(machine, json()) != now.at(machine)) {
      throw bad_input(file.string() + " is of another machine ('" + machine + "'): points of two are no pairs");
    }
  }
  try {
    check_identities(file, then, now);
  } catch (const json::exception&) {
    throw bad_input(file.string() + " is not what tvl-suite wrote");
  }
  for (const auto* key : {"workloads", "contestants"})  // not there yet in a run of an older version
    if (!then.contains(key) && now.contains(key)) then[key] = now.at(key);
  json difference;
  for (const auto* key : {"created", "commit", "dirty", "load_average_at_start"}) difference[key] = now.at(key);
  then["resumed"].push_back(difference);
  if (now.contains("run")) then["run"] = now.at("run");  // with extra passes it has more points
  return then;
}

}  // namespace tvl::suite
