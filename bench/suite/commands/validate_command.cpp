#include "bench/suite/commands/validate_command.hpp"

#include "bench/machine/cpus.hpp"
#include "bench/suite/catalogue/asked_endpoint.hpp"
#include "bench/suite/catalogue/user_contestants.hpp"
#include "bench/suite/commands/run_command.hpp"
#include "bench/suite/config/endpoints.hpp"
#include "bench/suite/config/toml_reader.hpp"
#include "bench/suite/processes/installed_programs.hpp"
#include "bench/suite/processes/start_server.hpp"
#include "bench/suite/services/service_flags.hpp"
#include "bench/suite/services/services.hpp"
#include "bench/suite/validation/contract.hpp"
#include "bench/suite/validation/report.hpp"
#include "bench/support/parse_arguments.hpp"
#include "bench/support/project_folder.hpp"
#include "bench/support/suggestion.hpp"
#include "bench/support/temporary_folder.hpp"
#include "bench/support/usage_error.hpp"
#include "clients/load/base/json_text.hpp"
#include "clients/load/base/stop_on_signal.hpp"

#include <CLI/CLI.hpp>
#include <curl/curl.h>
#include <nlohmann/json.hpp>

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <optional>
#include <random>

namespace tvl::suite {
namespace {

struct request {
  contestant_flags contestants;
  std::filesystem::path servers = project_folder() / "servers";
  service_flags services;
  bool json = false;
};

bool read_request(int argc, char** argv, request& r) {
  CLI::App app(
      std::string("Checks a server's answers to random parameters. Result per endpoint: pass, fail, not offered, or "
                  "not checked (a service is missing).\n"
                  "What each endpoint must answer: ") +
          contract_page +
          ".\n"
          "Exit code: 0 all passed, 1 something failed, 2 wrong input.",
      "tvl-suite validate");
  app.add_option("contestant", r.contestants.names,
                 "a name, FILE.toml, or 'name=mine;command=./mine {port};plaintext=/hello'");
  add_url_flags(app, r.contestants);
  add_service_flags(app, r.services);
  app.add_option("--servers", r.servers, "folder of manifests");
  app.add_flag("--json", r.json, "print JSON instead of lines");
  return parse_arguments(app, argc, argv);
}

// For placeholders without a random value.
const std::map<std::string, std::string> parameters = {{"n", "3"},          {"ms", "20"},       {"us", "500"},
                                                       {"order", "gather"}, {"key", "key:1"},   {"id", "1"},
                                                       {"name", "small"},   {"command", "echo"}};

// All that are known and then the user's, or the one that --endpoint names.
std::vector<std::string> endpoints_to_check(const manifest& m, const std::optional<std::string>& asked) {
  if (asked) return {*asked};
  std::vector<std::string> names;
  for (const auto& [name, path] : all_endpoints()) names.push_back(name);
  for (const auto& [name, path] : m.endpoints) {
    if (!all_endpoints().contains(name)) names.push_back(name);
  }
  return names;
}

validation_spec spec_of(const manifest& m, const std::string& base, const services& started,
                        const std::optional<std::string>& asked) {
  validation_spec spec;
  spec.base = base;
  spec.offered = m.endpoints;
  spec.headers = m.headers;
  spec.requests = m.requests;
  for (const auto& name : endpoints_to_check(m, asked)) {
    const auto called = services_for(m, name);
    spec.endpoints.push_back(name);
    spec.known.merge(started.known(called));
    if (const auto absent = started.absent(called)) {
      spec.unavailable[name] = (absent->status == "failed" ? "needs what failed: " : "needs ") + absent->reason;
    }
  }
  spec.parameters = parameters;
  spec.seed = std::random_device()();
  return spec;
}

launch how_to_start(const manifest& m, std::map<std::string, std::string> values, const std::filesystem::path& logs,
                    std::stop_token stop) {
  launch how;
  values["bin"] = program_folder().string();
  values["dir"] = m.file.parent_path().string();
  for (const auto& [name, value] : standards(m, static_cast<int>(allowed_cpus().size()))) {
    values[name] = value.text;
  }
  fill_launch(how, m, values);
  const auto plaintext = m.endpoints.find("plaintext");
  how.probe = fill((plaintext != m.endpoints.end() ? plaintext : m.endpoints.begin())->second,
                   [](const std::string& name) { return std::optional(parameters.at(name)); });
  how.logs = logs;
  how.stop = stop;
  return how;
}

check check_exit(const exit_status& ended) {
  const bool right = !ended.killed && ended.left_behind == 0;
  return {"end on SIGTERM", right ? finding::pass : finding::fail, "no process left", "it " + ended.trouble};
}

validation validate_one(const manifest& m, const services& started, const std::optional<std::string>& asked,
                        std::stop_token stop) {
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
    const auto server = start_server(m, how_to_start(m, started.values(), logs.path(), stop));
    v.checks = validate(spec_of(m, server->url(""), started, asked));
    if (!server->not_metered().empty())
      v.checks.push_back({"CPU and memory", finding::not_checked, "", "it " + server->not_metered()});
    server->check_alive();
    const auto ended = server->stop();
    if (m.kind() == contestant_kind::launch) v.checks.push_back(check_exit(ended));
  } catch (const server_failed& error) {
    v.reason = error.what();
  }
  v.status = v.reason.empty() && first_failure(v.checks).empty() ? "pass" : "fail";
  return v;
}

std::vector<manifest> manifests_of(const request& r) {
  auto known = read_manifests(r.servers);
  const auto contestants = add_user_contestants(known, r.contestants);
  check_contestants(known, contestants.known);
  auto names = contestants.known;
  names.insert(names.end(), contestants.user.begin(), contestants.user.end());
  if (names.empty()) throw bad_input("name a contestant or a manifest file, or give --url");
  std::vector<manifest> all;
  for (const auto& name : names) {
    if (const auto broken = known.broken.find(name); broken != known.broken.end()) throw bad_file(broken->second);
    all.push_back(known.manifests.at(name));
    check_host(all.back(), r.contestants.allow_remote_host, std::cerr);
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

void check_offers(const manifest& m, const std::string& endpoint) {
  std::vector<std::string> names;
  for (const auto& [name, path] : m.endpoints) names.push_back(name);
  if (!m.endpoints.contains(endpoint))
    throw bad_input("--endpoint: " + m.name + ": " + unknown("endpoint", endpoint, names));
}

}  // namespace

int run_validate(int argc, char** argv) {
  request r;
  if (!read_request(argc, argv, r)) return all_measured;
  const auto manifests = manifests_of(r);
  const auto asked = asked_endpoint(r.contestants);
  for (const auto& m : manifests) {
    if (asked) check_offers(m, *asked);
  }
  curl_global_init(CURL_GLOBAL_DEFAULT);
  const load::interrupt stop;
  become_subreaper();
  const bool colours = isatty(STDOUT_FILENO) != 0 && std::getenv("NO_COLOR") == nullptr;
  const scratch_folder logs("tvl-validate");
  std::vector<validation> all;
  try {
    const services started(services_wanted(manifests), r.services, program_folder(), logs.path(), {}, stop.token());
    for (const auto& m : manifests) {
      all.push_back(validate_one(m, started, asked, stop.token()));
      if (stop.token().stop_requested()) return interrupted;
      if (!r.json) print(std::cout, all.back(), colours);
    }
  } catch (const run_stopped&) {
    return interrupted;
  }
  if (r.json) std::cout << load::to_json_text(to_json(all), 2) << "\n";
  return std::ranges::all_of(all, [](const validation& v) { return v.status == "pass"; }) ? all_measured : some_failed;
}

}  // namespace tvl::suite
