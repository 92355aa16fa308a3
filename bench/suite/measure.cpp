#include "bench/suite/measure.hpp"

#include "bench/suite/bring_up.hpp"
#include "bench/suite/filling.hpp"
#include "bench/suite/format.hpp"
#include "bench/suite/plan_for.hpp"
#include "bench/suite/record.hpp"
#include "bench/suite/validate.hpp"
#include "clients/load/load.hpp"
#include "clients/load/many.hpp"
#include "clients/load/room.hpp"
#include "clients/load/shares.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <random>
#include <utility>
#include <variant>

namespace tvl::suite {
namespace {

std::string summary(const outcome& o) {
  const auto value = [](const std::optional<double>& v) { return v.value_or(std::nan("")); };
  return rate_text(value(o.rate)) + ", median " + time_text(value(o.response_time_s)) + ", " +
         time_text(value(o.server_cpu_s)) + " CPU" + (o.label.empty() ? "" : ", " + o.label);
}

// It depends on what the server is told and asked, not on how many bystanders there are or how much is offered.
std::string key_of_knee(const scheduled& s) {
  auto key = s.workload + "/" + s.contestant;
  for (const auto& v : s.settings) {
    const auto known = std::ranges::find(load_variables(), v.variable, &load_variable::name);
    const bool offered = known != load_variables().end() && known->offer != nullptr;
    if (!offered || v.variable == "connections") key += "/" + v.variable + ":" + v.value.text;
  }
  return key;
}

}  // namespace

measurer::measurer(const catalogue& known, conditions c, services& neighbours, journal& j, progress& p)
    : known_(known),
      conditions_(std::move(c)),
      services_(neighbours),
      limits_(read_limits(machine_files())),
      journal_(j),
      progress_(p),
      waiter_(conditions_.idle_wait_s, read_busy()) {}

void measurer::leave_out(const left_out& missing) {
  if (!missing.of_some_points) left_out_[{missing.workload, missing.contestant}] = missing.reason;
  somebody_failed_ |= missing.status == "failed";
  journal_.append_once(left_out_record(missing, known_));
  progress_.note(missing.workload + ": " + missing.contestant + " left out, " + missing.status + ": " + missing.reason);
}

void measurer::knee_was(const scheduled& s, double rate) { knees_[key_of_knee(s)] = {rate, ""}; }

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
    if (std::exchange(row_, s.row) != s.row) idle_ = waiter_.wait(conditions_.stop);
    validate_once(s);
    o = run_point(s);
    if (o.spoilt && quiet_again()) o = run_point(s);
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

// A point that somebody else has spoilt, by using the machine or by holding up the generator, is measured once more
// when that is over. Both are written down, and readers take the later one. In an hour in which that happens again and
// again, only so often: a run has an end.
bool measurer::quiet_again() {
  if (conditions_.idle_wait_s <= 0 || conditions_.again == 0) return false;
  --conditions_.again;
  idle_ = waiter_.wait(conditions_.stop);
  return !idle_.busy() && !conditions_.stop.stop_requested();
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
  journal_.append_once(limit_record(s, reason, known_));
  progress_.note(s.name() + " left out: " + reason);
  return reason;
}

std::string measurer::limit_of(const scheduled& s) const {
  try {
    load::check_limits(plan_of(s, "http://127.0.0.1:80"));
  } catch (const load::bad_plan& error) {
    return error.what();
  }
  return why_not(limits_, need_of(s));
}

// Of this machine; a server elsewhere or started by somebody else has limits of its own.
need measurer::need_of(const scheduled& s) const {
  const auto& m = known_.manifests.at(s.contestant);
  const auto plan = load::with_enough_sources(plan_of(s, "http://127.0.0.1:80"));
  need n;
  n.connections = load::connections_of(plan);
  n.sources = std::max<std::uint64_t>(plan.sources.size(), 1);
  if (m.kind() != contestant_kind::launch) return n;
  const filling has(m, s, plan, server_cores());
  n.threads = static_cast<std::uint64_t>(has.threads());
  n.processes = static_cast<std::uint64_t>(has.processes());
  return n;
}

// Found on a server of its own before the contestant's first point.
std::optional<double> measurer::knee_of(const scheduled& s) {
  const auto& slo = settings_for(s).knee_slo;
  if (slo.empty()) return std::nullopt;
  const auto key = key_of_knee(s);
  if (!knees_.contains(key)) {
    const auto server = bring_up(known_.manifests.at(s.contestant), how_to_start(s));
    const load::watcher watcher{nullptr, conditions_.stop, nullptr};
    const auto found =
        find_knee(plan_of(s, server->url("")), slo, [&](const load::plan& p) { return load::run(p, watcher); });
    if (conditions_.stop.stop_requested()) throw run_stopped();
    end_in_order(*server);
    if (found.rate) progress_.note(key + ": knee at " + rate_text(*found.rate) + " (" + slo + ")");
    knees_[key] = found;
  }
  const auto& found = knees_.at(key);
  if (!found.rate) throw contestant_failed(s.contestant + ": " + found.why_not);
  return found.rate;
}

// Each round has a server of its own, which never saw another request.
outcome measurer::run_point(const scheduled& s) {
  const auto& w = known_.workloads.at(s.workload);
  const auto& m = known_.manifests.at(s.contestant);
  const auto knee = knee_of(s);
  const auto called = services_of(s);
  services_.check_alive(called);
  const auto server = bring_up(m, how_to_start(s));
  auto plan = plan_of(s, server->url(""), knee);
  circumstances c{
      s, filling(m, s, plan, server_cores()).at_once(), path_for(w, m, s), utc_now(), conditions_.quick, cpus_of(m)};
  if (knee) c.knee = {*knee, settings_for(s).knee_slo};
  c.idle = idle_;

  std::optional<load::meter> meter;
  if (const auto pid = server->pid()) meter.emplace(*pid);
  const auto each_second = [&](const load::second& row) { progress_.second(row.t, static_cast<double>(row.ok)); };
  if (!c.cpus.server.empty()) plan.server_cores = static_cast<double>(c.cpus.server.size());
  const auto meters = services_.meters(called);
  load::watcher watcher{meter ? &*meter : nullptr, conditions_.stop, each_second};
  for (const auto& [name, one] : meters) watcher.services.push_back(&one);
  std::variant<load::point, load::room_result> result;
  if (w.is_room)
    result = load::run_room(plan, watcher);
  else
    result = load::run_in_processes(plan, watcher, conditions_.bin / "tvl-load");
  if (conditions_.stop.stop_requested()) throw run_stopped();
  server->check_alive();
  services_.check_alive(called);
  cpu_shares shares;
  const auto& of_each = std::visit(
      [](const auto& r) -> const auto& { return r.services_cpu_share; }, result);
  for (const auto& [name, one] : meters) shares[name] = of_each[shares.size()];
  c.services = services_.record(called, shares);
  auto bye = end_in_order(*server);
  c.server_counters = std::move(bye.counters);
  c.complaints = std::move(bye.complaints);

  return std::visit([&](auto& r) { return write_down(r, s, c, shares); }, result);
}

outcome measurer::write_down(load::point& p, const scheduled& s, const circumstances& c, const cpu_shares& shares) {
  const auto& w = known_.workloads.at(s.workload);
  judge(p, w, c);
  judge_services(p, shares, conditions_.cpus, conditions_.service_cpus);
  journal_.append(point_record(p, w, known_.manifests.at(s.contestant), c));
  return outcome_of(p);
}

// No service has a part in a room.
outcome measurer::write_down(const load::room_result& r, const scheduled& s, const circumstances& c,
                             const cpu_shares& /*shares*/) {
  const auto record = point_record(r, known_.workloads.at(s.workload), known_.manifests.at(s.contestant), c);
  journal_.append(record);
  return outcome_of(r, record);
}

// Only a server that we started is on the cores that were meant for it.
cpu_split measurer::cpus_of(const manifest& m) const {
  auto cpus = conditions_.cpus;
  if (m.kind() == contestant_kind::launch) return cpus;
  cpus.server = m.pid ? allowed_cpus(*m.pid) : std::vector<int>();
  cpus.shared = std::ranges::find_first_of(cpus.server, cpus.generator) != cpus.server.end();
  return cpus;
}

const load_settings& measurer::settings_for(const scheduled& s) const {
  return settings_of(known_.workloads.at(s.workload), conditions_.quick);
}

launch measurer::how_to_start(const scheduled& s) const {
  const auto& m = known_.manifests.at(s.contestant);
  auto values = services_.values();
  values["bin"] = conditions_.bin.string();
  values["dir"] = m.file.parent_path().string();
  const filling has(m, s, plan_of(s, ""), server_cores());
  for (const auto& [name, text] : has.texts()) values[name] = text;
  launch how;
  how.name = m.name;
  how.command = fill_command(m, values);
  how.probe = path_for(known_.workloads.at(s.workload), m, s);
  how.cpus = conditions_.cpus.server;
  how.logs = conditions_.logs;
  how.stop = conditions_.stop;
  return how;
}

load::plan measurer::plan_of(const scheduled& s, const std::string& url, std::optional<double> knee) const {
  auto p = plan_for(known_.workloads.at(s.workload), settings_for(s), known_.manifests.at(s.contestant), s, url, knee);
  p.allow_remote = true;  // whom the user did not allow is not here
  p.seed += conditions_.seed;
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
