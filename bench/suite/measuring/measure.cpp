#include "bench/suite/measuring/measure.hpp"

#include "bench/suite/output/point_record.hpp"
#include "bench/suite/planning/command_values.hpp"
#include "bench/suite/planning/load_plan.hpp"
#include "bench/suite/processes/start_server.hpp"
#include "bench/suite/validation/validate.hpp"
#include "bench/support/format.hpp"
#include "clients/load/base/bad_plan.hpp"
#include "clients/load/base/clock.hpp"
#include "clients/load/broadcast/broadcast.hpp"
#include "clients/load/meter/watcher.hpp"
#include "clients/load/plan/process_shares.hpp"
#include "clients/load/run/concurrent.hpp"
#include "clients/load/run/multi_process.hpp"
#include "clients/load/run/run.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <exception>
#include <memory>
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

void measurer::knee_was(const scheduled& s, double rate) {
  knees_[key_of_knee(known_.workloads.at(s.workload), settings_for(s), s)] = {rate, ""};
}

std::string measurer::why_skipped(const scheduled& s) {
  if (conditions_.stop.stop_requested()) return "stopped";
  if (left_out_.contains({s.workload, s.contestant}) || lacks_services(s)) {
    return left_out_.at({s.workload, s.contestant});
  }
  return exceeded_limit(s);
}

std::vector<outcome> measurer::measure(const std::vector<scheduled>& asked) {
  std::vector<outcome> all(asked.size());
  std::vector<const scheduled*> row;
  std::vector<outcome*> of_row;
  for (std::size_t i = 0; i < asked.size(); ++i) {
    all[i].error = why_skipped(asked[i]);
    if (!all[i].error.empty()) {
      progress_.skip();
    } else {
      row.push_back(&asked[i]);
      of_row.push_back(&all[i]);
    }
  }
  if (row.empty()) return all;
  progress_.begin(row.front()->name());
  const auto begin = std::chrono::steady_clock::now();
  const auto found = measure_row(row);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  for (std::size_t i = 0; i < row.size(); ++i) {
    *of_row[i] = found[i];
    if (i > 0) progress_.begin(row[i]->name());
    progress_.end(found[i].error.empty() ? summary(found[i]) : "no number",
                  took.count() / static_cast<double>(row.size()));
  }
  return all;
}

std::vector<outcome> measurer::measure_row(const std::vector<const scheduled*>& row) {
  std::string failure;
  const auto blame = [&](const std::exception& error) {
    failure = error.what();
    leave_out({at_work_->workload, at_work_->contestant, "failed", failure});
  };
  try {
    if (std::exchange(row_, row.front()->row) != row.front()->row) idle_ = waiter_.wait(conditions_.stop);
    for (const auto* s : row) {
      at_work_ = s;
      validate_once(*s);
    }
    auto found = run_points(row);
    if (std::ranges::any_of(found, &outcome::spoilt) && quiet_again()) found = run_points(row);
    return found;
  } catch (const run_stopped& stopped) {
    failure = stopped.what();
  } catch (const contestant_failed& error) {
    blame(error);
  } catch (const load::bad_plan& error) {
    blame(error);
  }
  outcome none;
  none.error = failure;
  return std::vector<outcome>(row.size(), none);
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
  if (const auto end = ends_.find(of); end != ends_.end() && x >= end->second.x) return end->second.why.text;
  const auto why = limit_of(s);
  if (!why) return "";
  ends_[of] = {x, *why};
  journal_.append_once(limit_record(s, *why, known_));
  progress_.note(s.name() + " left out: " + why->text);
  return why->text;
}

// The code is the name of the limit.
std::optional<load::reason> measurer::limit_of(const scheduled& s) const {
  try {
    load::check_limits(plan_of(s, "http://127.0.0.1:80"));
  } catch (const load::over_limit& error) {
    return load::reason{error.name, error.what()};
  } catch (const load::bad_plan& error) {
    return load::reason{"", error.what()};
  }
  const auto needed = need_of(s);
  const auto low = too_low_for(limits_, needed);
  const auto forbids = std::ranges::find_if(low, &limit::sure);
  if (forbids == low.end()) return std::nullopt;
  return load::reason{forbids->name, why_not(limits_, needed)};
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

// Found on a server of its own before the contestant's first point that needs it.
std::optional<double> measurer::knee_of(const scheduled& s) {
  const auto& slo = settings_for(s).knee_slo;
  if (slo.empty()) return std::nullopt;
  const auto key = key_of_knee(known_.workloads.at(s.workload), settings_for(s), s);
  if (!knees_.contains(key)) {
    const auto server = bring_up(known_.manifests.at(s.contestant), how_to_start(s));
    const load::watcher watcher{nullptr, conditions_.stop, nullptr};
    const auto found =
        find_knee(plan_of(s, server->url("")), slo, [&](const load::plan& p) { return load::run(p, watcher); });
    if (conditions_.stop.stop_requested()) throw run_stopped();
    end_in_order(*server);
    if (found.rate) progress_.note(s.contestant + ": knee at " + rate_text(*found.rate) + " (" + slo + ")");
    knees_[key] = found;
  }
  const auto& found = knees_.at(key);
  if (!found.rate) throw contestant_failed(s.contestant + ": " + found.why_not);
  return found.rate;
}

struct measurer::ready {
  const scheduled& where;
  circumstances known;
  load::plan plan;
  service_names called;
  std::unique_ptr<running_server> server;
  std::optional<load::meter> meter;  // of the server
  std::map<std::string, load::meter> services;
  std::variant<load::point, load::room_result> result = {};
};

// Each round has a server of its own, which never saw another request.
std::vector<outcome> measurer::run_points(const std::vector<const scheduled*>& row) {
  std::vector<ready> all;
  for (const auto* s : row) {
    at_work_ = s;
    all.push_back(prepare(*s));
  }
  all.size() == 1 ? load_alone(all.front()) : load_together(all);
  for (auto& one : all) {
    at_work_ = &one.where;
    one.server->check_alive();
  }
  std::vector<outcome> found;
  for (auto& one : all) {
    at_work_ = &one.where;
    found.push_back(finish(one));
  }
  return found;
}

measurer::ready measurer::prepare(const scheduled& s) {
  const auto& w = known_.workloads.at(s.workload);
  const auto& m = known_.manifests.at(s.contestant);
  const auto knee = knee_of(s);
  const auto called = services_of(s);
  services_.check_alive(called);
  auto server = bring_up(m, how_to_start(s));
  auto plan = plan_of(s, server->url(""), knee);
  circumstances c{
      s,         filling(m, s, plan, server_cores()).at_once(), path_for(w, m, s), load::utc_now(), conditions_.quick,
      cpus_of(m)};
  if (knee) c.knee = {*knee, settings_for(s).knee_slo};
  c.idle = idle_;
  if (!c.cpus.server.empty()) plan.server_cores = static_cast<double>(c.cpus.server.size());
  std::optional<load::meter> meter;
  if (const auto pid = server->pid()) meter.emplace(*pid);
  return {s, std::move(c), std::move(plan), called, std::move(server), meter, services_.meters(called)};
}

load::watcher measurer::watcher_of(const ready& one) {
  const auto each_second = [this](const load::second& row) { progress_.second(row.t, static_cast<double>(row.ok)); };
  load::watcher watcher{one.meter ? &*one.meter : nullptr, conditions_.stop, each_second};
  for (const auto& [name, meter] : one.services) watcher.services.push_back(&meter);
  return watcher;
}

void measurer::load_alone(ready& one) {
  const auto watcher = watcher_of(one);
  if (known_.workloads.at(one.where.workload).is_room)
    one.result = load::run_room(one.plan, watcher);
  else
    one.result = load::run_in_processes(one.plan, watcher, conditions_.bin / "tvl-load");
  if (conditions_.stop.stop_requested()) throw run_stopped();
}

void measurer::load_together(std::vector<ready>& all) {
  std::vector<load::job> jobs;
  for (const auto& one : all) jobs.push_back({one.plan, watcher_of(one)});
  auto done = load::run_together(std::move(jobs));
  if (conditions_.stop.stop_requested()) throw run_stopped();
  for (std::size_t i = 0; i < all.size(); ++i) {
    at_work_ = &all[i].where;
    if (done[i].failure) std::rethrow_exception(done[i].failure);
    all[i].result = std::move(done[i].result);
  }
}

outcome measurer::finish(ready& one) {
  services_.check_alive(one.called);
  cpu_shares shares;
  const auto& of_each = std::visit(
      [](const auto& r) -> const auto& { return r.services_cpu_share; }, one.result);
  for (const auto& [name, meter] : one.services) shares[name] = of_each[shares.size()];
  one.known.services = services_.record(one.called, shares);
  auto bye = end_in_order(*one.server);
  one.known.server_counters = std::move(bye.counters);
  one.known.complaints = std::move(bye.complaints);
  return std::visit([&](auto& r) { return write_down(r, one.where, one.known, shares); }, one.result);
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
