#include "bench/suite/measuring/measurer.hpp"

#include "bench/suite/measuring/offer_load.hpp"
#include "bench/suite/output/point_record.hpp"
#include "bench/suite/planning/load_plan.hpp"
#include "bench/suite/processes/start_server.hpp"
#include "bench/suite/profiling/point_profile.hpp"
#include "bench/suite/validation/contract.hpp"
#include "bench/suite/validation/validate.hpp"
#include "bench/support/format.hpp"
#include "clients/load/base/bad_plan.hpp"
#include "clients/load/base/clock.hpp"
#include "clients/load/broadcast/broadcast.hpp"
#include "clients/load/run/concurrent.hpp"
#include "clients/load/run/generator_group.hpp"

#include <algorithm>
#include <cctype>
#include <chrono>
#include <cmath>
#include <exception>
#include <random>
#include <utility>
#include <variant>

namespace tvl::suite {
namespace {

constexpr std::size_t most_rows_again = 8;  // in a repetition
// Part of a usual window says little, and is measured again. That of a soak is what there is of hours.
constexpr double least_kept_s = 10;

// "connections-asio_loop-64-0"
std::string file_name_of(const scheduled& s) {
  auto name = s.workload + '-' + s.contestant + '-' + s.load() + '-' + std::to_string(s.repetition);
  std::ranges::replace_if(
      name, [](unsigned char c) { return !std::isalnum(c) && c != '_' && c != '.'; }, '-');
  return name;
}

std::string summary(const outcome& o) {
  const auto value = [](const std::optional<double>& v) { return v.value_or(std::nan("")); };
  return rate_text(value(o.rate)) + ", median " + time_text(value(o.response_time_s)) + ", " +
         time_text(value(o.server_cpu_s)) + " CPU" + (o.label.empty() ? "" : ", " + o.label);
}

}  // namespace

// A server that answers, and its load.
struct measurer::loaded_server {
  const prepared_point& point;
  point_context context;
  load::plan plan;
  std::unique_ptr<running_server> server;
  std::optional<load::meter> meter;  // of the server
  std::map<std::string, load::meter> services;
  std::unique_ptr<point_profile> profile = nullptr;
  std::variant<load::point, load::room_result> result = {};
};

measurer::measurer(const catalogue& known, conditions c, services& started, journal& j, progress& p)
    : known_(known),
      conditions_(std::move(c)),
      services_(started),
      journal_(j),
      progress_(p),
      admission_(known, started, j, p, conditions_.stop),
      waiter_(conditions_.beside_other_work ? 0 : conditions_.idle_wait_s,
              read_busy(machine_files(), measured_cpus(conditions_.cpus, {})),
              measured_cpus(conditions_.cpus, {}).size()) {}

void measurer::set_knee(const scheduled& s, double rate) {
  const auto& w = known_.workloads.at(s.workload);
  knees_[key_of_knee(w, settings_of(w, conditions_.quick), s)] = {rate, ""};
}

std::vector<outcome> measurer::measure(const std::vector<scheduled>& row) {
  auto found = measure_row(row);
  if (std::ranges::any_of(found, &outcome::disturbed) && may_measure_again(row.front().repetition)) {
    progress_.again(row.size());
    found = measure_row(row);
  }
  measured_ |= std::ranges::any_of(found, [](const outcome& o) { return o.error.empty(); });
  return found;
}

std::vector<outcome> measurer::measure_row(const std::vector<scheduled>& row) {
  if (conditions_.concurrent) return measure_concurrently(row);
  std::vector<outcome> found;
  for (const auto& round : row) found.push_back(measure_concurrently({round}).front());
  return found;
}

std::vector<outcome> measurer::measure_concurrently(const std::vector<scheduled>& rounds) {
  std::vector<outcome> all(rounds.size());
  group points;
  std::vector<outcome*> measured;
  for (std::size_t i = 0; i < rounds.size(); ++i) {
    prepared_point point(rounds[i], known_, conditions_);
    all[i].error = admission_.why_skipped(point);
    if (!all[i].error.empty()) {
      progress_.skip();
    } else {
      points.push_back(std::move(point));
      measured.push_back(&all[i]);
    }
  }
  if (points.empty()) return all;
  progress_.begin(points.front().where.name());
  const auto begin = std::chrono::steady_clock::now();
  const auto found = measure_group(points);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  for (std::size_t i = 0; i < points.size(); ++i) {
    *measured[i] = found[i];
    if (i > 0) progress_.begin(points[i].where.name());
    progress_.end(found[i].error.empty() ? summary(found[i]) : "no number",
                  took.count() / static_cast<double>(points.size()));
  }
  return all;
}

std::vector<outcome> measurer::measure_group(const group& points, bool again) {
  std::string failure;
  bool blamed = false;
  const auto blame = [&](const std::exception& error) {
    failure = error.what();
    blamed = true;
  };
  try {
    const int now = points.front().where.group;
    if (std::exchange(group_, now) != now) idle_ = waiter_.wait(conditions_.stop);
    for (const auto& point : points) {
      at_work_ = &point;
      validate_once(point);
    }
    return run_group(points);
  } catch (const run_stopped& stopped) {
    failure = stopped.what();
  } catch (const feature_not_offered& missing) {
    failure = std::string("not offered: ") + missing.what();
    leave_out({{at_work_->where.workload, at_work_->where.contestant, "not offered", missing.what()}});
  } catch (const server_failed& error) {
    blame(error);
  } catch (const load::bad_plan& error) {
    blame(error);
  } catch (const load::generator_ended& error) {
    if (again) throw;
    progress_.note(std::string(error.what()) + ": the point is repeated");
    return measure_group(points, true);
  }
  if (blamed) {
    const auto skipped = admission_.replace_ended_service(points);
    if (!skipped) leave_out({{at_work_->where.workload, at_work_->where.contestant, "failed", failure}});
    if (skipped && skipped->empty()) return measure_group(points);
    failure = skipped.value_or(failure);
  }
  outcome none;
  none.error = failure;
  return std::vector<outcome>(points.size(), none);
}

// When the machine is idle. Both rows are recorded, and readers take the later one. Every repetition has the same
// number, so that no repetition is better than another. An extra pass has rows of several repetitions by turns.
bool measurer::may_measure_again(int repetition) {
  auto& begun = rows_again_[repetition];
  if (conditions_.idle_wait_s <= 0 || conditions_.beside_other_work || begun == most_rows_again) return false;
  ++begun;
  idle_ = waiter_.wait(conditions_.stop);
  return !idle_.busy() && !conditions_.stop.stop_requested();
}

// Each round has a server of its own, which never served another request.
std::vector<outcome> measurer::run_group(const group& points) {
  std::vector<loaded_server> all;
  for (const auto& point : points) {
    at_work_ = &point;
    all.push_back(prepare(point));
  }
  all.size() == 1 ? load_one(all.front()) : load_concurrently(all);
  for (auto& one : all) {
    at_work_ = &one.point;
    one.server->check_alive();
  }
  std::vector<outcome> found;
  for (auto& one : all) {
    at_work_ = &one.point;
    found.push_back(finish(one));
  }
  return found;
}

std::unique_ptr<running_server> measurer::start(const prepared_point& point) {
  return start_server(point.contestant, point.how_to_start(services_.values()));
}

exit_status measurer::stop(running_server& server) {
  auto ended = server.stop();
  if (!ended.trouble.empty()) note_once(server.name() + " " + ended.trouble);
  return ended;
}

// What holds for a contestant holds in each of its rounds.
void measurer::note_once(const std::string& text) {
  if (noted_.insert(text).second) progress_.note(text);
}

void measurer::validate_once(const prepared_point& point) {
  const auto& s = point.where;
  const std::tuple key(s.workload, s.contestant, point.endpoints.back());
  if (validated_.contains(key)) return;
  // With default settings: with one worker thread, the check of overlapping requests would rightly fail.
  auto usual = s;
  std::erase_if(usual.settings, [](const setting& v) { return fills_command(v.variable); });
  const auto server = start(prepared_point(usual, known_, conditions_));
  validation_spec spec;
  spec.base = server->url("");
  spec.offered = point.contestant.endpoints;
  spec.endpoints = point.endpoints;
  for (const auto& v : s.settings) spec.parameters[v.variable] = v.value.text;
  spec.seed = std::random_device()();
  spec.known = services_.known(point.services);
  spec.headers = point.contestant.headers;
  spec.requests = point.contestant.requests;
  const auto checks = validate(spec);
  const auto failure = first_failure(checks);
  if (!failure.empty())
    throw server_failed(s.contestant + " answers wrongly: " + failure + " (what is right: " + contract_page + ")");
  stop(*server);
  validated_.insert(key);
  if (lacks_keep_alive(checks) && keeps_connections(point.work, point.settings)) throw feature_not_offered(keep_alive);
}

// Searched on a server of its own before the first point that needs it.
std::optional<double> measurer::knee_of(const prepared_point& point) {
  const auto& slo = point.settings.knee_slo;
  if (slo.empty()) return std::nullopt;
  const auto& name = point.contestant.name;
  const auto key = key_of_knee(point.work, point.settings, point.where);
  if (!knees_.contains(key)) {
    const auto server = start(point);
    const load::watcher watcher{nullptr, conditions_.stop, nullptr};
    const auto found = find_knee(point.plan_for_server(server->url(""), std::nullopt), slo,
                                 [&](const load::plan& p) { return offer_load(p, watcher, conditions_); });
    if (conditions_.stop.stop_requested()) throw run_stopped();
    services_.check_alive(point.services);
    stop(*server);
    if (found.rate) progress_.note(name + ": knee at " + rate_text(*found.rate) + " (" + slo + ")");
    knees_[key] = found;
  }
  const auto& found = knees_.at(key);
  if (!found.rate) throw server_failed(name + ": " + found.why_not);
  return found.rate;
}

measurer::loaded_server measurer::prepare(const prepared_point& point) {
  const auto knee = knee_of(point);
  services_.check_alive(point.services);
  auto server = start(point);
  auto plan = point.plan_for_server(server->url(""), knee);
  point_context context{point.where,     point.command.slots(), path_for(point.work, point.contestant, point.where),
                        load::utc_now(), conditions_.quick,     point.cpus(*server)};
  if (knee) context.knee = {*knee, point.settings.knee_slo};
  context.idle = idle_;
  context.congestion_control = server->congestion_control();
  if (!context.cpus.server.empty()) plan.server_cores = static_cast<double>(context.cpus.server.size());
  std::optional<load::meter> meter;
  if (!server->metered().empty()) meter.emplace(server->metered());
  context.metered = meter.has_value();
  context.not_metered = server->not_metered();
  if (!context.not_metered.empty()) note_once(server->name() + " " + context.not_metered);
  return {point, std::move(context), std::move(plan), std::move(server), meter, services_.meters(point.services)};
}

load::watcher measurer::watcher_of(const loaded_server& one) {
  const auto each_second = [this](const load::timeline_row& now) {
    progress_.second(now.t, static_cast<double>(now.ok));
  };
  load::watcher watcher{one.meter ? &*one.meter : nullptr, conditions_.stop, each_second};
  for (const auto& [name, meter] : one.services) watcher.services.push_back(&meter);
  const auto& cpus = one.context.cpus;
  if (!cpus.server.empty())
    watcher.cores = measured_cpus(cpus, one.services.empty() ? std::vector<int>() : conditions_.service_cpus);
  watcher.beside_other_work = conditions_.beside_other_work;
  return watcher;
}

void measurer::load_one(loaded_server& one) {
  auto watcher = watcher_of(one);
  if (one.point.where.profiled) {
    one.profile =
        std::make_unique<point_profile>(conditions_.profiles, one.context.cpus.server, conditions_.cpus.generator);
    watcher.metered = [&](const auto& begin, const auto& end) { one.profile->metered(begin, end); };
  }
  try {
    if (one.point.work.is_room)
      one.result = load::run_room(one.plan, watcher);
    else
      one.result = offer_load(one.plan, watcher, conditions_);
  } catch (const load::run_interrupted&) {
    throw run_stopped();
  }
  const auto* whole = std::get_if<load::point>(&one.result);
  const bool kept = whole != nullptr && whole->interrupted && whole->window_s >= least_kept_s;
  if (conditions_.stop.stop_requested() && !kept) throw run_stopped();
}

void measurer::load_concurrently(std::vector<loaded_server>& all) {
  std::vector<load::job> jobs;
  for (const auto& one : all) jobs.push_back({one.plan, watcher_of(one)});
  auto done = load::run_together(std::move(jobs));
  if (conditions_.stop.stop_requested()) throw run_stopped();
  for (std::size_t i = 0; i < all.size(); ++i) {
    at_work_ = &all[i].point;
    if (done[i].failure) std::rethrow_exception(done[i].failure);
    all[i].result = std::move(done[i].result);
  }
}

// Stops the server and writes the record.
outcome measurer::finish(loaded_server& one) {
  const auto& point = one.point;
  auto& context = one.context;
  services_.check_alive(point.services);
  cpu_shares shares;
  const auto& of_each = std::visit(
      [](const auto& r) -> const auto& { return r.services_cpu_share; }, one.result);
  for (const auto& [name, meter] : one.services) shares[name] = of_each[shares.size()];
  context.services = services_.record(point.services, shares);
  if (!conditions_.profiles.empty())
    context.profile = one.profile ? one.profile->finish(file_name_of(point.where)) : nlohmann::json();
  auto ended = stop(*one.server);
  context.server_counters = std::move(ended.counters);
  context.complaints = std::move(ended.complaints);
  if (const auto* room = std::get_if<load::room_result>(&one.result)) {
    const auto record = point_record(*room, point.work, point.contestant, context);
    journal_.append(record);
    return outcome_of(*room, record);
  }
  auto& p = std::get<load::point>(one.result);
  judge(p, point.work, context);
  judge_services(p, shares, context.cpus, conditions_.service_cpus);
  journal_.append(point_record(p, point.work, point.contestant, context));
  return outcome_of(p);
}

}  // namespace tvl::suite
