#include "bench/suite/measure.hpp"

#include "bench/suite/bring_up.hpp"
#include "bench/suite/endpoints.hpp"
#include "bench/suite/format.hpp"
#include "bench/suite/record.hpp"
#include "bench/suite/validate.hpp"
#include "clients/load/load.hpp"

#include <chrono>
#include <cmath>
#include <random>

namespace tvl::suite {
namespace {

std::string summary(const outcome& o) {
  const auto value = [](const std::optional<double>& v) { return v.value_or(std::nan("")); };
  return rate_text(value(o.rate)) + ", median " + time_text(value(o.response_time_s)) + ", " +
         time_text(value(o.server_cpu_s)) + " CPU" + (o.label.empty() ? "" : ", " + o.label);
}

}  // namespace

measurer::measurer(const catalogue& known, conditions c, services& neighbours, journal& j, progress& p)
    : known_(known),
      conditions_(std::move(c)),
      services_(neighbours),
      limits_(read_limits(machine_files())),
      journal_(j),
      progress_(p) {}

void measurer::leave_out(const left_out& missing) {
  if (!missing.of_some_points) left_out_[{missing.workload, missing.contestant}] = missing.reason;
  somebody_failed_ |= missing.status == "failed";
  journal_.append(left_out_record(missing, known_));
  progress_.note(missing.workload + ": " + missing.contestant + " left out, " + missing.status + ": " + missing.reason);
}

outcome measurer::skip(const std::string& reason) {
  progress_.skip();
  outcome none;
  none.error = reason;
  return none;
}

outcome measurer::measure(const scheduled& s) {
  if (conditions_.stop.stop_requested()) return skip("stopped");
  if (left_out_.contains({s.workload, s.contestant}) || lacks_services(s)) {
    return skip(left_out_.at({s.workload, s.contestant}));
  }
  if (const auto limit = exceeded_limit(s); !limit.empty()) return skip(limit);
  progress_.begin(s.name());
  const auto begin = std::chrono::steady_clock::now();
  outcome o;
  try {
    validate_once(s);
    o = run_point(s);
  } catch (const run_stopped& stopped) {
    o.error = stopped.what();
  } catch (const contestant_failed& error) {
    o.error = error.what();
    leave_out({s.workload, s.contestant, "failed", o.error});
  } catch (const load::bad_plan& error) {
    o.error = error.what();
    leave_out({s.workload, s.contestant, "failed", o.error});
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  progress_.end(o.error.empty() ? summary(o) : "no number", took.count());
  return o;
}

service_names measurer::services_of(const scheduled& s) const {
  service_names called;
  for (const auto& endpoint : endpoints_of(known_.workloads.at(s.workload), s.settings)) {
    called.merge(services_for(known_.manifests.at(s.contestant), endpoint));
  }
  return called;
}

bool measurer::lacks_services(const scheduled& s) {
  const auto absent = services_.absent(services_of(s));
  if (absent) leave_out({s.workload, s.contestant, absent->status, absent->reason});
  return absent.has_value();
}

// Which limit of this machine forbids the point; empty = none. It ends the contestant's line: nothing further out is
// measured, and only the first point beyond is written down.
std::string measurer::exceeded_limit(const scheduled& s) {
  const line of{s.workload, s.contestant, s.series(), s.facet()};
  const double x = *s.x().number;
  if (const auto end = ends_.find(of); end != ends_.end() && x >= end->second.x) return end->second.reason;
  const auto reason = limit_of(s);
  if (reason.empty()) return "";
  ends_[of] = {x, reason};
  journal_.append(limit_record(s, reason, known_));
  progress_.note(s.name() + " left out: " + reason);
  return reason;
}

std::string measurer::limit_of(const scheduled& s) const {
  try {
    load::check_limits(plan_for(s, "http://127.0.0.1:80/"));
  } catch (const load::bad_plan& error) {
    return error.what();
  }
  return why_not(limits_, need_of(s));
}

// Of this machine; a server elsewhere or started by somebody else has limits of its own.
need measurer::need_of(const scheduled& s) const {
  const auto& m = known_.manifests.at(s.contestant);
  need n;
  n.connections = static_cast<std::uint64_t>(s.connections());
  if (m.kind() == contestant_kind::launch) n.threads = threads_needed(m.model, n.connections);
  const auto& settings = settings_of(known_.workloads.at(s.workload), conditions_.quick);
  n.sources = std::max<std::uint64_t>(settings.sources.size(), 1);
  return n;
}

// Each round has a server of its own, which never saw another request.
outcome measurer::run_point(const scheduled& s) {
  const auto& w = known_.workloads.at(s.workload);
  const auto& m = known_.manifests.at(s.contestant);
  circumstances c{s, room_of(s), path_of(s), utc_now(), conditions_.quick, conditions_.cpus, nullptr, "", {}};
  const auto called = services_of(s);
  services_.check_alive(called);
  const auto server = bring_up(m, how_to_start(s));
  c.cpus = cpus_of(m);

  std::optional<load::meter> meter;
  if (const auto pid = server->pid()) meter.emplace(*pid);
  const auto each_second = [&](const load::second& row) { progress_.second(row.t, static_cast<double>(row.ok)); };
  auto plan = plan_for(s, server->url(c.path));
  plan.allow_remote = true;  // whom the user did not allow is not here
  if (!c.cpus.server.empty()) plan.server_cores = static_cast<double>(c.cpus.server.size());
  const auto meters = services_.meters(called);
  load::watcher watcher{meter ? &*meter : nullptr, conditions_.stop, each_second};
  for (const auto& [name, one] : meters) watcher.services.push_back(&one);
  auto point = load::run(plan, watcher);
  if (point.interrupted || conditions_.stop.stop_requested()) throw run_stopped();
  server->check_alive();
  services_.check_alive(called);
  cpu_shares shares;
  for (const auto& [name, one] : meters) shares[name] = point.services_cpu_share[shares.size()];
  c.services = services_.record(called, shares);
  auto bye = end_in_order(*server);
  c.server_counters = std::move(bye.counters);
  c.complaints = std::move(bye.complaints);

  judge(point, w, c);
  judge_services(point, shares, conditions_.cpus, conditions_.service_cpus);
  journal_.append(point_record(point, w, m, c));
  return outcome_of(point);
}

// Only a server that we started is on the cores that were meant for it.
cpu_split measurer::cpus_of(const manifest& m) const {
  auto cpus = conditions_.cpus;
  if (m.kind() == contestant_kind::launch) return cpus;
  cpus.server = m.pid ? allowed_cpus(*m.pid) : std::vector<int>();
  cpus.shared = std::ranges::find_first_of(cpus.server, cpus.generator) != cpus.server.end();
  return cpus;
}

std::string measurer::path_of(const scheduled& s) const { return path_of(s, known_.workloads.at(s.workload).endpoint); }

std::string measurer::path_of(const scheduled& s, const std::string& endpoint) const {
  return request_path(known_.manifests.at(s.contestant).endpoints.at(endpoint), s.settings);
}

// The first is the one that the workload is about.
std::vector<load::target> measurer::targets_of(const scheduled& s) const {
  const auto* percent = find(s.settings, percent_variable);
  if (percent == nullptr || percent->number == 0) return {load::target{}};  // the URL's own path
  std::vector<load::target> targets(2);
  targets[0].path = path_of(s);
  targets[0].weight = 100 - *percent->number;
  targets[1].path = path_of(s, find(s.settings, beside_variable)->text);
  targets[1].weight = *percent->number;
  return targets;
}

// What fills {threads} and the like.
int measurer::number_of(const std::string& name, const scheduled& s) const {
  if (const auto* given = find(s.settings, name)) return static_cast<int>(given->number.value());
  return standards(known_.manifests.at(s.contestant), static_cast<int>(conditions_.cpus.server.size())).at(name);
}

room measurer::room_of(const scheduled& s) const {
  const auto& m = known_.manifests.at(s.contestant);
  room r{s.connections()};
  // Each process (of asio_loops: each loop) has a pool of its own, each process an executor.
  const int processes = takes(m, "processes") ? number_of("processes", s) : 1;
  if (takes(m, "pool")) r.pool = processes * number_of("pool", s);
  if (takes(m, "offload_threads")) {
    r.offload_threads = (m.model == "loops" ? 1 : processes) * number_of("offload_threads", s);
  }
  // Of other models one thread serves many requests at once, or there are as many as connections.
  if (m.model != "pool" && m.model != "prefork") return r;
  for (const std::string name : {"threads", "processes"}) {
    if (takes(m, name)) r.threads = r.threads.value_or(1) * number_of(name, s);
  }
  return r;
}

launch measurer::how_to_start(const scheduled& s) const {
  const auto& m = known_.manifests.at(s.contestant);
  auto values = services_.values();
  values["bin"] = conditions_.bin.string();
  values["dir"] = m.file.parent_path().string();
  for (const auto& v : command_variables()) values[v.name] = std::to_string(number_of(v.name, s));
  launch how;
  how.name = m.name;
  how.command = fill_command(m, values);
  how.probe = path_of(s);
  how.cpus = conditions_.cpus.server;
  how.logs = conditions_.logs;
  how.stop = conditions_.stop;
  return how;
}

load::plan measurer::plan_for(const scheduled& s, const std::string& url) const {
  const auto& settings = settings_of(known_.workloads.at(s.workload), conditions_.quick);
  load::plan p;
  p.url = url;
  p.targets = targets_of(s);
  for (const auto& v : load_variables()) {
    const auto* value = find(s.settings, v.name);
    if (v.offer != nullptr && value != nullptr && value->number) v.offer(p, *value->number);
  }
  p.requests_per_connection = settings.requests_per_connection;
  p.sources = settings.sources;
  p.seconds = settings.seconds;
  p.warmup_s = settings.warmup_s;
  p.trace_s = settings.trace_s;
  p.seed = static_cast<std::uint64_t>(s.repetition) + 1;  // the same for all contestants of a round
  p.threads = std::min(static_cast<int>(conditions_.cpus.generator.size()), p.connections);
  p.server_cores = static_cast<double>(conditions_.cpus.server.size());
  p.cpus = conditions_.cpus.generator;
  // One that spins would take the core from the services that share it.
  if (!services_of(s).empty() && conditions_.service_cpus == p.cpus) p.idle = load::idle_strategy::sleep;
  return p;
}

void measurer::validate_once(const scheduled& s) {
  const auto endpoints = endpoints_of(known_.workloads.at(s.workload), s.settings);
  if (!validated_.emplace(s.workload, s.contestant, endpoints.back()).second) return;
  const auto& m = known_.manifests.at(s.contestant);
  // As its author starts it: a pool of one thread rightly makes everybody wait for the one who has it.
  auto usual = s;
  std::erase_if(usual.settings, [](const setting& v) { return fills_command(v.variable); });
  const auto server = bring_up(m, how_to_start(usual));
  examination e;
  e.base = server->url("");
  e.offered = m.endpoints;
  e.endpoints = endpoints;
  for (const auto& v : s.settings) e.parameters[v.variable] = v.value.text;
  e.seed = std::random_device()();
  e.known = services_.known(services_of(s));
  const auto failure = first_failure(validate(e));
  if (!failure.empty()) throw contestant_failed(s.contestant + " answers wrongly: " + failure);
  end_in_order(*server);
}

farewell measurer::end_in_order(running_server& server) {
  auto bye = server.stop();
  if (bye.left_behind > 0) {
    throw contestant_failed(server.name() + " ended and left " + std::to_string(bye.left_behind) +
                            " of its processes behind (now killed)");
  }
  if (bye.killed) progress_.note(server.name() + " did not end within 6 s of SIGTERM and was killed");
  return bye;
}

}  // namespace tvl::suite
