#include "bench/suite/commands/run_command.hpp"

#include "bench/suite/catalogue/asked_endpoint.hpp"
#include "bench/suite/catalogue/selection.hpp"
#include "bench/suite/catalogue/user_contestants.hpp"
#include "bench/suite/commands/list_command.hpp"
#include "bench/suite/commands/run_conditions.hpp"
#include "bench/suite/commands/why_passes.hpp"
#include "bench/suite/measuring/google_benchmark_run.hpp"
#include "bench/suite/measuring/measurer.hpp"
#include "bench/suite/measuring/progress.hpp"
#include "bench/suite/output/environment.hpp"
#include "bench/suite/output/json_file.hpp"
#include "bench/suite/output/points_file.hpp"
#include "bench/suite/output/resume.hpp"
#include "bench/suite/planning/extra_passes.hpp"
#include "bench/suite/processes/launched_server.hpp"
#include "bench/suite/processes/start_server.hpp"
#include "bench/suite/profiling/perf_recording.hpp"
#include "bench/suite/services/services.hpp"
#include "bench/support/project_folder.hpp"
#include "clients/load/base/output_file.hpp"
#include "clients/load/base/stop_on_signal.hpp"

#include <curl/curl.h>

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <ctime>
#include <deque>
#include <fstream>
#include <iostream>
#include <iterator>
#include <ranges>
#include <set>
#include <system_error>

namespace tvl::suite {
namespace {

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

// The soft limit, to the hard one.
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
  return results_folder() / (std::string(date) + "-" + host_name());
}

std::filesystem::path make_output(const settings& s) {
  const auto folder = output_folder(s);
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) throw bad_input("cannot make the folder " + folder.string() + ": " + error.message());
  if (const auto flaw = load::flaw_of_output_folder(folder); !flaw.empty())
    throw bad_input("cannot write into the folder " + folder.string() + ": " + flaw);
  if (std::filesystem::exists(folder / "points.jsonl")) {
    throw bad_input(folder.string() + " already holds a run (points.jsonl): choose another --output, or --resume it");
  }
  return folder;
}

cpu_split choose_cpus(const settings& s) {
  try {
    const auto allowed = allowed_cpus();
    pin_to(allowed);  // changes nothing, but fails early if it is forbidden
    return split_cpus(s.server_cpus, s.generator_cpus, allowed, s.shared_core);
  } catch (const std::invalid_argument& error) {
    throw bad_input(error.what());
  } catch (const std::system_error& error) {
    throw bad_input(error.what());
  }
}

// Fails before the run instead of after it.
void check_report_file(const std::string& file) {
  if (file.empty()) return;
  if (const auto flaw = load::flaw_of_output_file(file); !flaw.empty())
    throw bad_input("--benchmark_out: cannot write " + file + ": " + flaw);
}

void check_hosts(const catalogue& known, const selection& chosen, bool allowed) {
  std::set<std::string> names;
  for (const auto& w : chosen.workloads) names.insert(w.contestants.begin(), w.contestants.end());
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

void print_programs(const catalogue& known, const std::vector<scheduled>& rounds, std::ostream& out) {
  std::set<std::string> names = {"tvl-load"};  // for several generator processes
  for (const auto& round : rounds) names.insert(program_of(known.manifests.at(round.contestant)));
  if (services_wanted(known, rounds).contains("upstream")) names.insert("tvl-upstream");
  names.erase("");  // of contestants built elsewhere
  for (const auto& name : names) out << name << '\n';
}

// --endpoint NAME: at least one contestant has to offer it.
void check_offered(const selection& chosen, const std::string& endpoint) {
  const auto is_empty = [](const selected_workload& w) { return w.contestants.empty(); };
  const auto lacks_it = [](const left_out& missing) { return missing.status == "not offered"; };
  if (std::ranges::all_of(chosen.workloads, is_empty) && std::ranges::all_of(chosen.missing, lacks_it))
    throw bad_input("--endpoint " + endpoint + ": none of the chosen contestants offers it");
}

// Concurrent servers share the generator's core: a room and a knee need it alone. A service's CPU could not be divided
// among them.
void check_concurrent(const catalogue& known, const std::vector<scheduled>& rounds, bool quick) {
  for (const auto& round : rounds) {
    const auto& w = known.workloads.at(round.workload);
    const auto refuse = [&](const std::string& why) { throw bad_input("--together: " + w.name + " " + why); };
    if (w.is_room) refuse("is a room");
    if (!settings_of(w, quick).knee_slo.empty()) refuse("is about each contestant's knee");
    if (!services_wanted(known, {round}).empty()) refuse("calls services");
  }
}

// The planned rounds and, of a resumed run, the extra passes: those it has, and those asked for. Throws bad_input when
// its workloads or contestants have changed.
std::vector<scheduled> with_extra_passes(const settings& s, std::vector<scheduled> rounds) {
  if (!s.resume) return rounds;
  const auto recorded = read_run_order(s.output).rounds;
  const auto planned = round_names(rounds);
  if (recorded.size() < planned.size() || !std::ranges::equal(planned, recorded | std::views::take(planned.size()))) {
    throw bad_input(s.output.string() + ": " + why_rounds_differ(recorded, planned));
  }
  std::ranges::move(recorded_passes(rounds, {recorded.begin() + std::ssize(planned), recorded.end()}),
                    std::back_inserter(rounds));
  for (int pass = 0; pass < s.passes && !s.more.empty(); ++pass)
    std::ranges::move(another_pass(rounds, s.more), std::back_inserter(rounds));
  return rounds;
}

std::vector<scheduled> remaining(const std::vector<scheduled>& rounds, const kept_points& kept) {
  std::vector<scheduled> rest(rounds.begin() + static_cast<std::ptrdiff_t>(kept.next), rounds.end());
  std::erase_if(rest, [&](const scheduled& s) { return kept.failed.contains({s.workload, s.contestant}); });
  return rest;
}

// With the contestants that are profiled alone.
selection with_profiled(selection chosen, const why_plan& why) {
  std::ranges::copy(why.chosen.workloads, std::back_inserter(chosen.workloads));
  return chosen;
}

void write_conditions(const settings& s, const nlohmann::json& conditions, const std::vector<scheduled>& rounds) {
  write_run_order(s.output, {s.arguments, s.seed, round_names(rounds), std::filesystem::current_path().string()});
  write_json(s.output / "environment.json", conditions);
}

void measure_rounds(const std::vector<scheduled>& rounds, measurer& m, const settings& s) {
  std::size_t next = 0;
  std::deque<outcome> found;  // of this round, and of the others of its row
  const auto measure = [&](const scheduled&) {
    if (found.empty()) std::ranges::move(m.measure(row_of(rounds, next)), std::back_inserter(found));
    ++next;
    auto mine = std::move(found.front());
    found.pop_front();
    return mine;
  };
  run_rounds(rounds, measure, s.google);
}

int measure_all(settings s, const catalogue& known, const selection& chosen, const std::vector<scheduled>& planned,
                const why_plan& why) {
  const auto rounds = with_extra_passes(s, planned);
  const auto cpus = choose_cpus(s);
  const auto cpus_of_services = service_cpus(cpus, allowed_cpus());
  check_report_file(s.google.out);
  if (!s.resume) s.output = make_output(s);
  const auto folder = s.output;
  const auto kept = s.resume ? read_kept_points(folder / "points.jsonl", rounds) : kept_points();
  const auto rest = remaining(rounds, kept);
  raise_descriptor_limit();
  std::signal(SIGXFSZ, SIG_IGN);  // the file size limit is reported like a full disk
  const load::interrupt stop;
  const auto all_chosen = with_profiled(chosen, why);
  build_contestants(known, all_chosen, folder / "logs", stop.token());
  const auto recorded = conditions_of(s, known, all_chosen, rounds);  // before anything is started or recorded
  become_subreaper();
  auto wanted = services_wanted(known, rest);
  if (!why.rounds.empty()) wanted.merge(services_wanted(why.known, why.rounds));
  services started(std::move(wanted), s.services, program_folder(), folder / "logs", cpus_of_services, stop.token());
  const auto file = folder / "points.jsonl";
  journal points = s.resume ? journal(file, kept.bytes) : journal(file);
  write_conditions(s, recorded, rounds);
  if (s.resume) std::cerr << folder.string() << ": " << to_text(kept) << "\n";
  pin_to(cpus.generator);
  progress shown(std::cerr, isatty(STDERR_FILENO) != 0, planned_rounds(rest, known, s.quick));
  const conditions same{s.quick,      cpus,          cpus_of_services, program_folder(),    folder / "logs",
                        s.seed,       s.idle_wait_s, s.concurrent,     s.beside_other_work, stop.token(),
                        s.load.hosts, s.load.address};
  measurer m(known, same, started, points, shown);
  for (const auto& [round, rate] : kept.knees) m.set_knee(rounds[round], rate);
  m.leave_out(chosen.missing);
  if (!rest.empty()) measure_rounds(rest, m, s);
  const bool profiled = why.rounds.empty() || stop.token().stop_requested() || measure_why(why, same, started, folder);
  if (stop.token().stop_requested()) std::cerr << "stopped; ";
  std::cerr << points.records() << " records kept in " << points.file().string() << "\n";
  if (stop.token().stop_requested()) return interrupted;
  if (!rest.empty() && kept.points == 0 && !m.some_measured()) {
    std::cerr << "nothing was measured\n";
    return some_failed;
  }
  return m.some_failed() || !profiled || !kept.failed.empty() ? some_failed : all_measured;
}

}  // namespace

int run(const settings& s) {
  curl_global_init(CURL_GLOBAL_DEFAULT);
  auto known = read_catalogue(s.servers_dir, s.workloads_dir);
  if (s.seconds) set_seconds(known, *s.seconds);
  const auto contestants = add_user_contestants(known, s.contestants);
  const auto endpoint = asked_endpoint(s.contestants);
  if (endpoint) set_endpoint(known, *endpoint, s.workloads);
  selection_request request{s.workloads,      contestants.known, s.quick, s.google.repetitions,
                            contestants.user, program_folder(),  s.only,  s.baseline};
  if (s.list || s.list_programs) request.bin.clear();  // lists include what is not built yet
  if (s.list) {
    print_list(known, request, std::cout);
    return all_measured;
  }
  const auto chosen = select(known, request);
  if (endpoint) check_offered(chosen, *endpoint);
  if (s.seconds) check_seconds(known, chosen, s.quick);
  const auto all = schedule(chosen.workloads, s.seed, s.controls);
  auto why = s.why ? plan_why(known, request, s.seed) : why_plan();
  if (s.list_programs) {
    auto needed = filtered_rounds(all, s.google);
    std::ranges::copy(why.rounds, std::back_inserter(needed));
    print_programs(known, needed, std::cout);
    return all_measured;
  }
  if (s.google.list) {
    list_points(names_of(all), s.google);
    return all_measured;
  }
  const auto rounds = filtered_rounds(all, s.google);
  if (rounds.empty() && !all.empty()) return wrong_input;  // Google Benchmark has reported it
  check_hosts(known, chosen, s.contestants.allow_remote_host);
  if (s.concurrent && !s.load.hosts.names.empty())
    throw bad_input("--together loads from this machine: not with --load-hosts");
  if (s.concurrent) check_concurrent(known, rounds, s.quick);
  check_load_hosts(s.load);
  if (!why.rounds.empty()) why.obstacle = why_not_profiled(allowed_cpus());
  if (!why.obstacle.empty()) std::cerr << "--why: " << why.obstacle << '\n';
  try {
    return measure_all(s, known, chosen, rounds, why);
  } catch (const run_stopped&) {  // while starting services
    return interrupted;
  }
}

}  // namespace tvl::suite
