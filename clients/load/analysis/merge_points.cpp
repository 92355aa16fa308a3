#include "clients/load/analysis/merge_points.hpp"

#include "clients/load/analysis/verdict.hpp"
#include "clients/load/base/bad_plan.hpp"
#include "clients/load/base/described.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <ctime>
#include <set>
#include <span>
#include <string>

namespace tvl::load {
namespace {

using nlohmann::json;
using points = std::vector<point>;

constexpr double most_difference = 0.05;   // of the windows, in length and in time
constexpr double most_disagreement = 0.1;  // of two generators that metered the same server

std::string name_of(std::size_t i, const std::vector<std::string>& names = {}) {
  return i < names.size() ? names[i] : "point " + std::to_string(i + 1);
}

// ---- what may be merged

std::time_t parse_utc(const std::string& text) {
  std::tm parts{};
  const char* rest = ::strptime(text.c_str(), "%Y-%m-%dT%H:%M:%SZ", &parts);
  if (rest == nullptr || *rest != '\0')
    throw bad_plan("cannot merge: '" + text + "' is not a time such as 2025-01-31T12:00:00Z");
  return ::timegm(&parts);
}

bool all_have_started(const points& all) {
  return std::ranges::none_of(all, [](const point& p) { return p.started.empty(); });
}

// Interrupted windows end at different times.
void check_windows(const points& all) {
  if (std::ranges::any_of(all, &point::interrupted)) return;
  const double first = all.front().window_s;
  for (std::size_t i = 1; i < all.size(); ++i) {
    const double other = all[i].window_s;
    if (std::abs(other - first) > most_difference * std::max(first, other))
      throw bad_plan("cannot merge: the window of point 1 is " + json(first).dump() + " s, that of " + name_of(i) +
                     " " + json(other).dump() + " s");
    if (!all_have_started(all)) continue;
    // `started` is in whole seconds, hence the one beside the 5 %.
    const auto apart = std::difftime(parse_utc(all[i].started), parse_utc(all.front().started));
    if (std::abs(apart) > 1 + most_difference * first)
      throw bad_plan("cannot merge: point 1 and " + name_of(i) + " were measured " + json(std::abs(apart)).dump() +
                     " s apart");
  }
}

// The first difference of two plans of one load; null = none.
const char* difference(const plan& a, const plan& b) {
  if (a.open_loop() != b.open_loop()) return "mode";
  if (a.open_loop() && a.arrivals != b.arrivals) return "arrivals";
  if (a.url != b.url) return "url";
  if (json(a.targets) != json(b.targets)) return "targets";
  return a.requests_per_connection != b.requests_per_connection ? "requests_per_connection" : nullptr;
}

void check_same_load(const points& all) {
  for (std::size_t i = 1; i < all.size(); ++i)
    if (const char* key = difference(all.front().asked, all[i].asked))
      throw bad_plan("cannot merge: point 1 and " + name_of(i) + " differ in the plan's " + key);
}

// ---- the parts of a point

void add_plan(plan& into, const plan& p) {
  add(into.connections, p.connections);
  add(into.rate, p.rate);
  add(into.threads, p.threads);
  add(into.processes, p.processes);
  for (const auto group : background_groups) into.crowd.*group += p.crowd.*group;
  into.cpus.insert(into.cpus.end(), p.cpus.begin(), p.cpus.end());
}

double slots_of(const point& p) { return static_cast<double>(p.connections.asked); }
double replies_of(const point& p) { return static_cast<double>(p.requests.ok + p.requests.status_errors); }

// (sum x)^2 / (n sum x^2) over the connection slots. Each part's index and its replies tell its sum x^2.
std::optional<double> merge_jain(const points& all) {
  double n = 0, total = 0, squares = 0;
  for (const auto& p : all) {
    n += slots_of(p);
    total += replies_of(p);
    if (replies_of(p) == 0) continue;
    if (!p.connections.jain) return std::nullopt;
    squares += replies_of(p) * replies_of(p) / (slots_of(p) * *p.connections.jain);
  }
  return squares > 0 ? std::optional(total * total / (n * squares)) : std::nullopt;
}

// The replies of the slot with the fewest, in each part and of all, and the mean of all slots.
std::optional<double> merge_worst(const points& all) {
  double n = 0, total = 0, least = HUGE_VAL;
  for (const auto& p : all) {
    const auto worst = replies_of(p) == 0 ? 0 : p.connections.worst;
    if (!worst) return std::nullopt;
    n += slots_of(p);
    total += replies_of(p);
    least = std::min(least, *worst * replies_of(p) / slots_of(p));
  }
  return total > 0 ? std::optional(least * n / total) : std::nullopt;
}

void add_target(target_result& into, const target_result& t) {
  add(into.requests, t.requests);
  into.response.merge(t.response);
  into.service.merge(t.service);
}

void add_row(timeline_row& into, const timeline_row& r) {
  into.t = std::max(into.t, r.t);
  into.ok += r.ok;
  into.errors += r.errors;
  into.p50 = into.p99 = std::nullopt;
  // An absent value is ignored.
  into.max = std::max(into.max, r.max);
  into.sampled_s = std::max(into.sampled_s, r.sampled_s);
  into.server_cpu = std::max(into.server_cpu, r.server_cpu);
  into.rss = std::max(into.rss, r.rss);
  into.threads = std::max(into.threads, r.threads);
  into.descriptors = std::max(into.descriptors, r.descriptors);
}

void add_phase(phase& into, const phase& p) {
  const double begin_s = std::max(into.begin_s, p.begin_s), end_s = std::max(into.end_s, p.end_s);
  add(into, p);
  into.begin_s = begin_s;
  into.end_s = end_s;
}

// Element by element; none if the parts differ in number.
template <class T>
void add_rows(std::vector<T>& into, const std::vector<T>& rows, void (*add_one)(T&, const T&)) {
  if (rows.size() != into.size()) into.clear();
  for (std::size_t i = 0; i < into.size(); ++i) add_one(into[i], rows[i]);
}

// Of all parts: none if one does not know it. The merged load, say, has recovered when the last part has.
std::optional<double> larger(const std::optional<double>& a, const std::optional<double>& b) {
  return a && b ? std::max(a, b) : std::nullopt;
}

// Weighted by each part's replies.
std::optional<double> cpu_us_per_request(const points& all) {
  double total = 0, replies = 0;
  for (const auto& p : all) {
    if (p.replies == 0) continue;
    if (!p.generator.cpu_us_per_request) return std::nullopt;
    total += static_cast<double>(p.replies) * *p.generator.cpu_us_per_request;
    replies += static_cast<double>(p.replies);
  }
  return replies > 0 ? std::optional(total / replies) : std::nullopt;
}

// The server's values come from a part that metered it, per reply of that part; converted to per reply of all.
server_cost merge_server(const points& all, std::uint64_t replies) {
  const point* metered = nullptr;
  for (const auto& p : all) {
    if (!p.server.cpu_share) continue;
    if (metered == nullptr) metered = &p;
    const double first = *metered->server.cpu_share, other = *p.server.cpu_share;
    if (std::abs(other - first) > most_disagreement * std::max(first, other)) return {};
  }
  if (metered == nullptr) return {};
  server_cost result = metered->server;
  for_each_per_request(result, [&](std::optional<double>& value) {
    if (value) *value *= static_cast<double>(metered->replies) / static_cast<double>(replies);
  });
  return result;
}

std::optional<probe_result> only_probe(const points& all) {
  const auto has_one = [](const point& p) { return p.probe.has_value(); };
  return std::ranges::count_if(all, has_one) == 1 ? std::ranges::find_if(all, has_one)->probe : std::nullopt;
}

// Of the requests that fell due in the window.
std::optional<double> rate_ratio(const point& merged) {
  const auto& r = merged.requests;
  const double fell_due = static_cast<double>(r.scheduled) - static_cast<double>(r.in_flight_at_start) -
                          static_cast<double>(r.unsent_at_start);
  if (!merged.asked.open_loop() || fell_due <= 0) return std::nullopt;
  return static_cast<double>(merged.replies) / fell_due;
}

// ---- the verdict

// Whether a part's verdict counts: too few samples is decided by the merged histograms.
bool counts(const verdict& part) { return part.limiter != "too-few-samples" && part.limiter != "none"; }

verdict worst_verdict(const points& all, const std::vector<std::string>& names, point merged) {
  merged.server = {};  // the part that metered it has judged its CPU
  merged.host.others_cpu_share.reset();
  verdict result = judge(merged);
  for (std::size_t i = 0; i < all.size(); ++i) {
    const verdict& part = all[i].verdict;
    if (!counts(part)) continue;
    if (!part.valid)
      result.invalidate(part.limiter, part.spoilt.empty() ? std::vector<std::string>{everything} : part.spoilt);
    else if (result.limiter == "none")
      result.limiter = part.limiter;
    for (const auto& reason : part.reasons)
      result.reasons.push_back({reason.code, name_of(i, names) + ": " + reason.text});
  }
  return result;
}

void add_merge_reasons(const points& all, std::vector<reason>& reasons) {
  if (!all_have_started(all))
    reasons.push_back({"not-simultaneous", "nothing in the points says that they were measured at the same time"});
  const auto& first = all.front().asked;
  const bool poisson = first.open_loop() && first.arrivals == arrivals::poisson;
  for (std::size_t i = 1; poisson && i < all.size(); ++i)
    for (std::size_t j = 0; j < i; ++j)
      if (all[i].asked.seed == all[j].asked.seed)
        reasons.push_back({"same-seed", name_of(j) + " and " + name_of(i) +
                                            " have the same seed: their arrivals are not independent"});
}

// Unknown of one part, unknown of all.
void add_status_codes(point& into, const point& p) {
  if (!p.status_codes) into.status_codes.reset();
  if (!into.status_codes) return;
  for (const auto& [code, n] : *p.status_codes) (*into.status_codes)[code] += n;
}

void add_point(point& into, const point& p) {
  add_plan(into.asked, p.asked);
  if (p.started != into.started) into.started.clear();
  into.window_s = std::max(into.window_s, p.window_s);
  into.interrupted |= p.interrupted;
  add(into.requests, p.requests);
  add_status_codes(into, p);
  add(into.connections, p.connections);
  if (!into.first_error_text) into.first_error_text = p.first_error_text;
  add(into.websocket, p.websocket);
  add(into.replies, p.replies);
  add(into.throughput, p.throughput);
  add(into.latency, p.latency);
  add_rows(into.targets, p.targets, add_target);
  add(into.crowd, p.crowd);
  into.generator.cpu_share = std::max(into.generator.cpu_share, p.generator.cpu_share);
  into.generator.paused_s = larger(into.generator.paused_s, p.generator.paused_s);
  into.generator.start_late_s = larger(into.generator.start_late_s, p.generator.start_late_s);
  if (p.host.others_cpu_share != into.host.others_cpu_share)
    into.host = {.others_cpu_share = std::nullopt,
                 .cores = std::nullopt,
                 .beside_other_work = p.host.beside_other_work || into.host.beside_other_work};
  if (p.timeline_interval_s != into.timeline_interval_s) into.timeline.clear();
  add_rows(into.timeline, p.timeline, add_row);
  add_rows(into.phases, p.phases, add_phase);
  into.recovery.response_s = larger(into.recovery.response_s, p.recovery.response_s);
  into.recovery.all_served_s = larger(into.recovery.all_served_s, p.recovery.all_served_s);
  into.hosts.insert(into.hosts.end(), p.hosts.begin(), p.hosts.end());
}

// ---- files

points points_of(const std::vector<json>& records) {
  points all;
  for (std::size_t i = 0; i < records.size(); ++i) {
    if (records[i].at("schema") != 1) throw bad_plan("cannot merge: " + name_of(i) + " is not of schema 1");
    all.push_back(records[i]);
  }
  return all;
}

bool in_none(const std::vector<json>& records, const json::json_pointer& at) {
  return std::ranges::none_of(records, [&](const json& r) { return r.contains(at); });
}

bool same_in_all(const std::vector<json>& records, const json::json_pointer& at) {
  return std::ranges::all_of(records,
                             [&](const json& r) { return r.value(at, json()) == records.front().value(at, json()); });
}

json write(const point& merged, const std::vector<json>& records) {
  json result = merged;
  const std::set<std::string> sums = {"connections", "rate", "threads", "processes", "crowd", "cpus"};
  for (auto& [key, value] : result["plan"].items()) {
    const auto at = json::json_pointer("/plan") / key;
    // What older versions do not record is not known: the plan has its default for it.
    if (in_none(records, at) || (!sums.contains(key) && !same_in_all(records, at))) value = nullptr;
  }
  for (const char* key : {"started", "host"}) result.erase(key);
  for (const auto& [key, value] : records.front().items())
    if (!result.contains(key) && same_in_all(records, json::json_pointer() / key)) result[key] = value;
  return result;
}

}  // namespace

point merge(const points& all, const std::vector<std::string>& names) {
  if (all.empty()) throw bad_plan("cannot merge: no points");
  check_same_load(all);
  if (all.size() == 1) return all.front();
  check_windows(all);
  point result = all.front();
  for (const auto& p : std::span(all).subspan(1)) add_point(result, p);
  result.rate_ratio = rate_ratio(result);
  result.connections.jain = merge_jain(all);
  result.connections.worst = merge_worst(all);
  result.generator.cpu_us_per_request = cpu_us_per_request(all);
  result.server = merge_server(all, result.replies);
  result.probe = only_probe(all);
  // The windows of several processes do not begin at exactly the same time.
  result.trace.reset();
  result.verdict = worst_verdict(all, names, result);
  add_merge_reasons(all, result.verdict.reasons);
  return result;
}

json merge_records(const std::vector<json>& records) {
  try {
    const point merged = merge(points_of(records));
    return records.size() == 1 ? records.front() : write(merged, records);
  } catch (const json::exception& e) {
    throw bad_plan(std::string("cannot merge: not a point of schema 1: ") + e.what());
  } catch (const std::invalid_argument& e) {
    throw bad_plan(std::string("cannot merge: ") + e.what());
  }
}

}  // namespace tvl::load
