#include "bench/suite/measure.hpp"

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

measurer::measurer(const catalogue& known, conditions c, journal& j, progress& p)
    : known_(known), conditions_(std::move(c)), journal_(j), progress_(p) {}

void measurer::leave_out(const left_out& missing) {
  left_out_[{missing.workload, missing.contestant}] = missing.reason;
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
  if (const auto out = left_out_.find({s.workload, s.contestant}); out != left_out_.end()) return skip(out->second);
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

// Which limit of this machine forbids the point's connections; empty = none. Written down once per point.
std::string measurer::exceeded_limit(const scheduled& s) {
  if (const auto known = beyond_limits_.find(s.name()); known != beyond_limits_.end()) return known->second;
  try {
    load::check_limits(plan_for(s, "http://127.0.0.1:80/"));
    return "";
  } catch (const load::bad_plan& error) {
    beyond_limits_.emplace(s.name(), error.what());
    auto record = left_out_record({s.workload, s.contestant, "limit", error.what()}, known_);
    record["load"] = std::to_string(s.connections);
    record["x"] = s.connections;
    journal_.append(record);
    progress_.note(s.name() + " left out: " + error.what());
    return error.what();
  }
}

// Each round has a server of its own, which never saw another request.
outcome measurer::run_point(const scheduled& s) {
  const auto& w = known_.workloads.at(s.workload);
  const auto& m = known_.manifests.at(s.contestant);
  circumstances c{s, path_of(s), utc_now(), conditions_.quick, conditions_.cpus, nullptr};
  contestant server(how_to_start(s));

  const load::meter meter(server.pid());
  const auto each_second = [&](const load::second& row) { progress_.second(row.t, static_cast<double>(row.ok)); };
  auto point = load::run(plan_for(s, server.url(c.path)), {&meter, conditions_.stop, each_second});
  if (point.interrupted || conditions_.stop.stop_requested()) throw run_stopped();
  server.check_alive();
  c.server_counters = end_in_order(server);

  judge(point, w, c);
  journal_.append(point_record(point, w, m, c));
  return outcome_of(point);
}

std::string measurer::path_of(const scheduled& s) const {
  const auto& w = known_.workloads.at(s.workload);
  return request_path(w, known_.manifests.at(s.contestant).endpoints.at(w.endpoint));
}

launch measurer::how_to_start(const scheduled& s) const {
  const auto& m = known_.manifests.at(s.contestant);
  const auto cores = std::to_string(conditions_.cpus.server.size());
  const std::map<std::string, std::string> values = {{"bin", conditions_.bin.string()},
                                                     {"dir", m.file.parent_path().string()},
                                                     {"threads", cores},
                                                     {"processes", cores}};
  launch how;
  how.name = m.name;
  for (const auto& word : m.command) {
    how.command.push_back(fill(word, [&](const std::string& name) -> std::optional<std::string> {
      if (name == "port") return std::nullopt;
      const auto value = values.find(name);
      if (value == values.end())
        throw contestant_failed(m.name + " needs {" + name + "}, which this run does not have");
      return value->second;
    }));
  }
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
  p.connections = s.connections;
  p.requests_per_connection = settings.requests_per_connection;
  p.sources = settings.sources;
  p.seconds = settings.seconds;
  p.warmup_s = settings.warmup_s;
  p.seed = static_cast<std::uint64_t>(s.repetition) + 1;  // the same for all contestants of a round
  p.threads = std::min(static_cast<int>(conditions_.cpus.generator.size()), s.connections);
  p.server_cores = static_cast<double>(conditions_.cpus.server.size());
  p.cpus = conditions_.cpus.generator;
  return p;
}

void measurer::validate_once(const scheduled& s) {
  if (!validated_.emplace(s.workload, s.contestant).second) return;
  const auto& w = known_.workloads.at(s.workload);
  contestant server(how_to_start(s));
  examination e;
  e.base = server.url("");
  e.offered = known_.manifests.at(s.contestant).endpoints;
  e.endpoints = {w.endpoint};
  e.parameters = w.parameters;
  e.seed = std::random_device()();
  const auto failure = first_failure(validate(e));
  if (!failure.empty()) throw contestant_failed(s.contestant + " answers wrongly: " + failure);
  end_in_order(server);
}

nlohmann::json measurer::end_in_order(contestant& server) {
  auto bye = server.stop();
  if (bye.left_behind > 0) {
    throw contestant_failed(server.name() + " ended and left " + std::to_string(bye.left_behind) +
                            " of its processes behind (now killed)");
  }
  if (bye.killed) progress_.note(server.name() + " did not end within 6 s of SIGTERM and was killed");
  return std::move(bye.counters);
}

}  // namespace tvl::suite
