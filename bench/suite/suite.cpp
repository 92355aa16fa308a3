#include "bench/suite/suite.hpp"

#include "bench/suite/bring_up.hpp"
#include "bench/suite/brought.hpp"
#include "bench/suite/build_facts.hpp"
#include "bench/suite/catalogue.hpp"
#include "bench/suite/contestant.hpp"
#include "bench/suite/environment.hpp"
#include "bench/suite/format.hpp"
#include "bench/suite/journal.hpp"
#include "bench/suite/measure.hpp"
#include "bench/suite/progress.hpp"
#include "bench/suite/rounds.hpp"
#include "bench/suite/services.hpp"
#include "clients/load/interrupt.hpp"

#include <curl/curl.h>

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <iostream>
#include <set>
#include <system_error>

namespace tvl::suite {
namespace {

void print_list(const catalogue& known) {
  text_table workloads({"workload", "question"});
  for (const auto& [name, w] : known.workloads) workloads.add({name, w.question});
  text_table contestants({"contestant", "model", "title"});
  for (const auto& [name, m] : known.manifests) contestants.add({name, m.model, m.title});
  for (const auto& [name, what] : known.broken) contestants.add({name, "?", what});
  workloads.print(std::cout);
  std::cout << "\n";
  contestants.print(std::cout);
}

std::vector<std::string> names_of(const std::vector<scheduled>& rounds) {
  std::vector<std::string> names;
  std::set<std::string> seen;
  for (const auto& round : rounds) {
    if (seen.insert(round.name()).second) names.push_back(round.name());
  }
  return names;
}

// The rounds that --benchmark_filter leaves.
std::vector<scheduled> filtered_rounds(std::vector<scheduled> rounds, const google_flags& google) {
  const auto chosen = filtered(names_of(rounds), google);
  const std::set<std::string> names(chosen.begin(), chosen.end());
  std::erase_if(rounds, [&](const scheduled& round) { return !names.contains(round.name()); });
  return rounds;
}

// A sweep should meet the machine's limit, not a default one.
void raise_descriptor_limit() {
  rlimit files{};
  if (getrlimit(RLIMIT_NOFILE, &files) != 0) return;
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
}

std::filesystem::path output_folder(const settings& s) {
  if (!s.output.empty()) return s.output;
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  localtime_r(&now, &parts);
  char date[32];
  std::strftime(date, sizeof date, "%Y-%m-%d-%H%M%S", &parts);
  return std::filesystem::path(build::source_dir) / "results" / (std::string(date) + "-" + host_name());
}

std::filesystem::path make_output(const settings& s) {
  const auto folder = output_folder(s);
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) throw bad_input("cannot make the folder " + folder.string() + ": " + error.message());
  if (std::filesystem::exists(folder / "points.jsonl")) {
    throw bad_input(folder.string() + " already holds a run (points.jsonl): choose another --output");
  }
  return folder;
}

std::vector<double> planned_seconds(const std::vector<scheduled>& rounds, const catalogue& known, bool quick) {
  std::vector<double> seconds;
  for (const auto& round : rounds) {
    const auto& settings = settings_of(known.workloads.at(round.workload), quick);
    seconds.push_back(settings.warmup_s + settings.seconds);
  }
  return seconds;
}

cpu_split choose_cpus(const settings& s) {
  try {
    return split_cpus(s.server_cpus, s.generator_cpus, allowed_cpus(), s.shared_core);
  } catch (const std::invalid_argument& error) {
    throw bad_input(error.what());
  }
}

// Before hours of measuring, not after.
void check_report_file(const std::string& file) {
  if (!file.empty() && !std::ofstream(file, std::ios::app)) throw bad_input("--benchmark_out: cannot write " + file);
}

// Before anything is loaded.
void check_hosts(const catalogue& known, const selection& chosen, bool allowed) {
  std::set<std::string> names;
  for (const auto& d : chosen.demands) names.insert(d.contestants.begin(), d.contestants.end());
  for (const auto& name : names) check_host(known.manifests.at(name), allowed, std::cerr);
}

service_names services_wanted(const catalogue& known, const std::vector<scheduled>& rounds) {
  service_names wanted;
  for (const auto& round : rounds) {
    for (const auto& endpoint : endpoints_of(known.workloads.at(round.workload), round.settings)) {
      wanted.merge(services_for(known.manifests.at(round.contestant), endpoint));
    }
  }
  return wanted;
}

int measure_all(const settings& s, const catalogue& known, const selection& chosen,
                const std::vector<scheduled>& rounds) {
  const auto cpus = choose_cpus(s);
  const auto cpus_of_services = service_cpus(cpus, allowed_cpus());
  check_report_file(s.google.out);
  const auto folder = make_output(s);
  raise_descriptor_limit();
  const load::interrupt stop;
  adopt_orphans();
  services neighbours(services_wanted(known, rounds), s.services, program_folder(), folder / "logs", cpus_of_services,
                      stop.token());
  journal points(folder / "points.jsonl");
  std::ofstream(folder / "environment.json") << environment(s.command, s.quick).dump(2) << "\n";
  pin_to(cpus.generator);
  progress shown(std::cerr, isatty(STDERR_FILENO) != 0, planned_seconds(rounds, known, s.quick));
  measurer m(known, {s.quick, cpus, cpus_of_services, program_folder(), folder / "logs", stop.token()}, neighbours,
             points, shown);
  for (const auto& missing : chosen.missing) m.leave_out(missing);
  run_rounds(
      rounds, [&](const scheduled& round) { return m.measure(round); }, s.google);

  if (stop.token().stop_requested()) std::cerr << "stopped; ";
  std::cerr << points.records() << " records kept in " << points.file().string() << "\n";
  if (stop.token().stop_requested()) return interrupted;
  return m.somebody_failed() ? somebody_failed : all_measured;
}

}  // namespace

int run(const settings& s) {
  curl_global_init(CURL_GLOBAL_DEFAULT);
  auto known = read_catalogue(s.servers_dir, s.workloads_dir);
  const auto asked = bring(known, s.who);
  if (s.list) {
    print_list(known);
    return all_measured;
  }
  const auto chosen =
      select(known, {s.workloads, asked.names, s.quick, s.google.repetitions, asked.brought, program_folder()});
  const auto all = schedule(chosen.demands);
  if (s.google.list) {
    list_points(names_of(all), s.google);
    return all_measured;
  }
  const auto rounds = filtered_rounds(all, s.google);
  if (rounds.empty() && !all.empty()) return wrong_input;  // Google Benchmark has said that the filter matches nothing
  check_hosts(known, chosen, s.who.allow_remote_host);
  try {
    return measure_all(s, known, chosen, rounds);
  } catch (const run_stopped&) {  // while the services were being started
    return interrupted;
  }
}

}  // namespace tvl::suite
