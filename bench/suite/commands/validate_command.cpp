#include "bench/suite/commands/validate_command.hpp"

#include "bench/machine/cpus.hpp"
#include "bench/suite/catalogue/user_contestants.hpp"
#include "bench/suite/commands/run_command.hpp"
#include "bench/suite/config/endpoints.hpp"
#include "bench/suite/config/toml_reader.hpp"
#include "bench/suite/processes/installed_programs.hpp"
#include "bench/suite/processes/start_server.hpp"
#include "bench/suite/services/service_flags.hpp"
#include "bench/suite/services/services.hpp"
#include "bench/suite/validation/report.hpp"
#include "bench/support/build_facts.hpp"
#include "bench/support/parse_arguments.hpp"
#include "bench/support/temporary_folder.hpp"
#include "bench/support/usage_error.hpp"
#include "clients/load/base/stop_on_signal.hpp"

#include <CLI/CLI.hpp>
#include <curl/curl.h>
#include <nlohmann/json.hpp>

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <random>

namespace tvl::suite {
namespace {

struct request {
  contestant_flags who;
  std::filesystem::path servers = std::filesystem::path(build::source_dir) / "servers";
  service_flags services;
  bool json = false;
};

bool read_request(int argc, char** argv, request& r) {
  CLI::App app(
      "Asks a server with random parameters, and tells per endpoint: pass, fail, not offered, or not checked for want "
      "of a service.\n"
      "Exit code: 0 all passed, 1 something failed, 2 wrong input.",
      "tvl-suite validate");
  app.add_option("contestant", r.who.contestants,
                 "a name, FILE.toml, or 'name=mine;command=./mine {port};plaintext=/hello'");
  add_url_flags(app, r.who);
  add_service_flags(app, r.services);
  app.add_option("--servers", r.servers, "folder of manifests");
  app.add_flag("--json", r.json, "print JSON instead of lines");
  return parse_arguments(app, argc, argv);
}

// For the places in paths that are not chosen at random.
const std::map<std::string, std::string> parameters = {{"n", "3"},          {"ms", "20"},       {"us", "500"},
                                                       {"order", "gather"}, {"key", "key:1"},   {"id", "1"},
                                                       {"name", "small"},   {"command", "echo"}};

examination examination_of(const manifest& m, const std::string& base, const services& neighbours) {
  examination e;
  e.base = base;
  e.offered = m.endpoints;
  for (const auto& [name, path] : all_endpoints()) {
    const auto called = services_for(m, name);
    e.endpoints.push_back(name);
    e.known.merge(neighbours.known(called));
    if (const auto absent = neighbours.absent(called)) {
      e.unaskable[name] = (absent->status == "failed" ? "needs what failed: " : "needs ") + absent->reason;
    }
  }
  e.parameters = parameters;
  e.seed = std::random_device()();
  return e;
}

launch how_to_start(const manifest& m, std::map<std::string, std::string> values, const std::filesystem::path& logs,
                    std::stop_token stop) {
  launch how;
  how.name = m.name;
  values["bin"] = program_folder().string();
  values["dir"] = m.file.parent_path().string();
  for (const auto& [name, value] : standards(m, static_cast<int>(allowed_cpus().size()))) {
    values[name] = value.text;
  }
  how.command = fill_command(m, values);
  const auto plaintext = m.endpoints.find("plaintext");
  how.probe = fill((plaintext != m.endpoints.end() ? plaintext : m.endpoints.begin())->second,
                   [](const std::string& name) { return std::optional(parameters.at(name)); });
  how.logs = logs;
  how.stop = stop;
  return how;
}

check how_it_ended(const farewell& bye) {
  const bool right = !bye.killed && bye.left_behind == 0;
  return {"end on SIGTERM", right ? finding::pass : finding::fail, "no process left",
          bye.killed ? "still running after 6 s" : std::to_string(bye.left_behind) + " processes left"};
}

validation validate_one(const manifest& m, const services& neighbours, std::stop_token stop) {
  validation v{m.name, m.kind(), "not installed", "", {}};
  if (const auto unmet = unmet_need(m.needs)) {
    v.reason = *unmet;
    return v;
  }
  if (!unbuilt_program(m, program_folder()).empty()) {
    v.reason = "not built here";
    return v;
  }
  const scratch_folder logs("tvl-validate");
  try {
    const auto server = bring_up(m, how_to_start(m, neighbours.values(), logs.path(), stop));
    v.checks = validate(examination_of(m, server->url(""), neighbours));
    server->check_alive();
    const auto bye = server->stop();
    if (m.kind() == contestant_kind::launch) v.checks.push_back(how_it_ended(bye));
  } catch (const contestant_failed& error) {
    v.reason = error.what();
  }
  v.status = v.reason.empty() && first_failure(v.checks).empty() ? "pass" : "fail";
  return v;
}

// The manifests of all that were asked for.
std::vector<manifest> manifests_of(const request& r) {
  auto known = read_manifests(r.servers);
  const auto asked = bring(known, r.who);
  check_contestants(known, asked.names);
  auto names = asked.names;
  names.insert(names.end(), asked.brought.begin(), asked.brought.end());
  if (names.empty()) throw bad_input("validate whom? Name a contestant or a manifest file, or say --url");
  std::vector<manifest> all;
  for (const auto& name : names) {
    if (const auto broken = known.broken.find(name); broken != known.broken.end()) throw bad_file(broken->second);
    all.push_back(known.manifests.at(name));
    check_host(all.back(), r.who.allow_remote_host, std::cerr);
  }
  return all;
}

service_names services_wanted(const std::vector<manifest>& manifests) {
  service_names wanted;
  for (const auto& m : manifests) {
    for (const auto& [endpoint, path] : m.endpoints) wanted.merge(services_for(m, endpoint));
  }
  return wanted;
}

}  // namespace

int run_validate(int argc, char** argv) {
  request r;
  if (!read_request(argc, argv, r)) return all_measured;
  const auto manifests = manifests_of(r);
  curl_global_init(CURL_GLOBAL_DEFAULT);
  const load::interrupt stop;
  adopt_orphans();
  const bool colours = isatty(STDOUT_FILENO) != 0 && std::getenv("NO_COLOR") == nullptr;
  const scratch_folder logs("tvl-validate");
  std::vector<validation> all;
  try {
    const services neighbours(services_wanted(manifests), r.services, program_folder(), logs.path(), {}, stop.token());
    for (const auto& m : manifests) {
      all.push_back(validate_one(m, neighbours, stop.token()));
      if (stop.token().stop_requested()) return interrupted;
      if (!r.json) print(std::cout, all.back(), colours);
    }
  } catch (const run_stopped&) {
    return interrupted;
  }
  if (r.json) std::cout << to_json(all).dump(2, ' ', false, nlohmann::json::error_handler_t::replace) << "\n";
  return std::ranges::all_of(all, [](const validation& v) { return v.status == "pass"; }) ? all_measured
                                                                                          : somebody_failed;
}

}  // namespace tvl::suite
