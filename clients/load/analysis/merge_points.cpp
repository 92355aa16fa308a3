#include "clients/load/analysis/merge_points.hpp"

#include "clients/load/analysis/verdict.hpp"
#include "clients/load/base/bad_plan.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <ctime>
#include <string>

namespace tvl::load {
namespace {

using nlohmann::json;
using points = std::vector<json>;

constexpr double most_difference = 0.05;   // of the windows, in length and in time
constexpr double most_disagreement = 0.1;  // of two generators about the same server

std::string name_of(std::size_t i) { return "point " + std::to_string(i + 1); }

// ---- what may be merged

std::time_t parse_utc(const std::string& text) {
  std::tm parts{};
  const char* rest = ::strptime(text.c_str(), "%Y-%m-%dT%H:%M:%SZ", &parts);
  if (rest == nullptr || *rest != '\0')
    throw bad_plan("cannot merge: '" + text + "' is not a time such as 2025-01-31T12:00:00Z");
  return ::timegm(&parts);
}

bool all_say_when(const points& all) {
  return std::ranges::all_of(all, [](const json& p) { return p.contains("started"); });
}

// Interrupted ones ended when each heard of it.
void check_windows(const points& all) {
  if (std::ranges::any_of(all, [](const json& p) { return p.at("interrupted") == true; })) return;
  const double first = all.front().at("window_s");
  for (std::size_t i = 1; i < all.size(); ++i) {
    const double other = all[i].at("window_s");
    if (std::abs(other - first) > most_difference * std::max(first, other))
      throw bad_plan("cannot merge: the window of point 1 is " + json(first).dump() + " s, that of " + name_of(i) +
                     " " + json(other).dump() + " s");
    if (!all_say_when(all)) continue;
    // `started` is in whole seconds, hence the one beside the 5 %.
    const auto apart = std::difftime(parse_utc(all[i].at("started")), parse_utc(all.front().at("started")));
    if (std::abs(apart) > 1 + most_difference * first)
      throw bad_plan("cannot merge: point 1 and " + name_of(i) + " were measured " + json(std::abs(apart)).dump() +
                     " s apart");
  }
}

void check_same_load(const points& all) {
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (all[i].at("schema") != 1) throw bad_plan("cannot merge: " + name_of(i) + " is not of schema 1");
    for (const char* key : {"mode", "arrivals", "url", "targets", "requests_per_connection"})
      if (all[i].at("plan").at(key) != all.front().at("plan").at(key))
        throw bad_plan("cannot merge: point 1 and " + name_of(i) + " differ in the plan's " + key);
  }
}

// ---- how values are merged; null in one of them makes the sum null

using pointer = json::json_pointer;

json sum(const points& all, const pointer& at) {
  if (std::ranges::any_of(all, [&](const json& p) { return p.at(at).is_null(); })) return nullptr;
  if (std::ranges::all_of(all, [&](const json& p) { return p.at(at).is_number_unsigned(); })) {
    std::uint64_t total = 0;
    for (const auto& p : all) total += p.at(at).get<std::uint64_t>();
    return total;
  }
  double total = 0;
  for (const auto& p : all) total += p.at(at).get<double>();
  return total;
}

json largest(const points& all, const pointer& at) {
  json result;
  for (const auto& p : all)
    if (!p.at(at).is_null() && (result.is_null() || p.at(at) > result)) result = p.at(at);
  return result;
}

// Of a per-request value: weighted by each part's replies.
json per_request(const points& all, const pointer& at) {
  double total = 0, replies = 0;
  for (const auto& p : all) {
    const double mine = p.at("replies");
    if (mine == 0) continue;
    if (p.at(at).is_null()) return nullptr;
    total += mine * p.at(at).get<double>();
    replies += mine;
  }
  return replies > 0 ? json(total / replies) : json(nullptr);
}

json sum_of_members(const points& all, const pointer& at) {
  json result;
  for (const auto& [key, value] : all.front().at(at).items()) result[key] = sum(all, at / key);
  return result;
}

json merge_histograms(const points& all, const pointer& at) {
  histogram merged;
  for (const auto& p : all) merged.merge(histogram_from_json(p.at(at)));
  return to_json(merged);
}

// ---- the parts of a point

json merge_plan(const points& all) {
  json result = all.front().at("plan");
  for (auto& [key, value] : result.items()) {
    const bool same = std::ranges::all_of(all, [&](const json& p) { return p.at("plan").value(key, json()) == value; });
    if (!same) value = nullptr;
  }
  for (const char* key : {"connections", "rate", "threads", "processes"})
    if (result.contains(key)) result[key] = sum(all, pointer("/plan") / key);
  if (result.contains("crowd")) result["crowd"] = sum_of_members(all, pointer("/plan/crowd"));
  result["cpus"] = json::array();
  for (const auto& p : all)
    for (const auto& cpu : p.at("plan").at("cpus")) result["cpus"].push_back(cpu);
  return result;
}

double slots_of(const json& p) { return p.at("connections").at("asked"); }
double replies_of(const json& p) {
  return p.at("requests").at("ok").get<double>() + p.at("requests").at("status_errors").get<double>();
}

// (sum x)^2 / (n sum x^2) over the connection slots. Each part's index and its replies tell its sum x^2.
json merge_jain(const points& all) {
  double n = 0, total = 0, squares = 0;
  for (const auto& p : all) {
    n += slots_of(p);
    total += replies_of(p);
    if (replies_of(p) == 0) continue;
    if (p.at("connections").at("jain").is_null()) return nullptr;
    squares += replies_of(p) * replies_of(p) / (slots_of(p) * p.at("connections").at("jain").get<double>());
  }
  return squares > 0 ? json(total * total / (n * squares)) : json(nullptr);
}

// The replies of the slot with the fewest, in each part and of all, and the mean of all slots.
json merge_worst(const points& all) {
  double n = 0, total = 0, least = HUGE_VAL;
  for (const auto& p : all) {
    const json worst = replies_of(p) == 0 ? json(0) : p.at("connections").value("worst", json());
    if (worst.is_null()) return nullptr;
    n += slots_of(p);
    total += replies_of(p);
    least = std::min(least, worst.get<double>() * replies_of(p) / slots_of(p));
  }
  return total > 0 ? json(least * n / total) : json(nullptr);
}

json merge_connections(const points& all) {
  json result;
  for (const auto& [key, value] : all.front().at("connections").items())
    result[key] = sum(all, pointer("/connections") / key);
  result["jain"] = merge_jain(all);
  result["worst"] = merge_worst(all);
  return result;
}

// A part may have no member of a small population.
json merge_crowd(const points& all) {
  points crowds;
  for (const auto& p : all)
    if (const json crowd = p.value("crowd", json()); !crowd.is_null()) crowds.push_back(crowd);
  if (crowds.empty()) return nullptr;
  json result = {{"cpu_s", sum(crowds, pointer("/cpu_s"))}};
  for (const auto& [name, value] : crowds.front().items()) {
    if (name == "cpu_s") continue;
    points there;
    for (const auto& crowd : crowds)
      if (!crowd.at(name).is_null()) there.push_back(crowd);
    result[name] = there.empty() ? json(nullptr) : sum_of_members(there, pointer() / name);
  }
  return result;
}

// The same changes at the same moments, or none.
json merge_phases(const points& all) {
  json result = all.front().value("phases", json::array());
  for (const auto& p : all)
    if (p.value("phases", json::array()).size() != result.size()) return json::array();
  for (std::size_t i = 0; i < result.size(); ++i) {
    const auto at = pointer("/phases") / i;
    for (const char* key : {"rate", "connections", "scheduled", "ok", "errors", "unanswered", "goodput"})
      result[i][key] = sum(all, at / key);
    for (const char* key : {"begin_s", "end_s"}) result[i][key] = largest(all, at / key);
    result[i]["response"] = merge_histograms(all, at / "response");
  }
  return result;
}

// All have recovered when the last part has.
json merge_recovery(const points& all) {
  json result;
  for (const char* key : {"response_s", "all_served_s"}) {
    const auto at = pointer("/recovery") / key;
    const bool known = std::ranges::none_of(all, [&](const json& p) { return p.value(at, json()).is_null(); });
    result[key] = known ? largest(all, at) : json(nullptr);
  }
  return result;
}

json merge_targets(const points& all) {
  json result = all.front().at("targets");
  for (std::size_t i = 0; i < result.size(); ++i) {
    const auto at = pointer("/targets") / i;
    result[i]["requests"] = sum_of_members(all, at / "requests");
    for (const char* which : {"response", "service"})
      result[i]["latency"][which] = merge_histograms(all, at / "latency" / which);
  }
  return result;
}

json with_nulls(const json& object) {
  json result = object;
  for (auto& [key, value] : result.items()) value = value.is_object() ? with_nulls(value) : json(nullptr);
  return result;
}

// The server's columns come from a part that metered it, and are per reply of that part: they have to be made per reply
// of all.
json merge_server(const points& all) {
  const json* metered = nullptr;
  for (const auto& p : all) {
    const json& share = p.at("server").at("cpu_share");
    if (share.is_null()) continue;
    if (metered == nullptr) metered = &p;
    const double first = metered->at("server").at("cpu_share"), other = share;
    if (std::abs(other - first) > most_disagreement * std::max(first, other))
      return with_nulls(all.front().at("server"));
  }
  if (metered == nullptr) return with_nulls(all.front().at("server"));
  const double part = metered->at("replies"), total = sum(all, pointer("/replies"));
  json result = metered->at("server");
  for (const char* path :
       {"/cpu_us_per_request", "/switches_per_request/voluntary", "/switches_per_request/involuntary"})
    if (json& value = result.at(pointer(path)); !value.is_null()) value = value.get<double>() * part / total;
  return result;
}

json merge_timeline(const points& all) {
  json result = all.front().at("timeline");
  for (const auto& p : all)
    if (p.at("timeline").size() != result.size()) return json::array();
  for (std::size_t i = 0; i < result.size(); ++i) {
    const auto at = pointer("/timeline") / i;
    for (const char* key : {"ok", "errors"}) result[i][key] = sum(all, at / key);
    for (const char* key : {"t", "server_cpu", "rss", "threads", "descriptors"})
      if (result[i].contains(key)) result[i][key] = largest(all, at / key);
    for (const char* key : {"p50", "p99"}) result[i][key] = nullptr;
  }
  return result;
}

// ---- the verdict

// What judge() looks at, but the server: its CPU has been judged in the part that metered it.
point facts_of(const json& merged) {
  json facts = merged;
  facts["verdict"] = {{"valid", true}, {"limiter", "none"}, {"reasons", json::array()}};
  return point_from_json(facts);
}

// Of a part: too few samples are for the merged histograms to say.
bool counts(const json& part) { return part.at("limiter") != "too-few-samples" && part.at("limiter") != "none"; }

verdict worst_verdict(const points& all, const json& merged) {
  verdict result = judge(facts_of(merged));
  for (std::size_t i = 0; i < all.size(); ++i) {
    const json& part = all[i].at("verdict");
    if (!counts(part)) continue;
    const bool worse = result.valid && !part.at("valid").get<bool>();
    if (worse || result.limiter == "none") result.limiter = part.at("limiter");
    if (worse) result.valid = false;
    for (const std::string reason : part.at("reasons")) result.reasons.push_back(name_of(i) + ": " + reason);
  }
  return result;
}

void add_doubts(const points& all, std::vector<std::string>& reasons) {
  if (!all_say_when(all)) reasons.push_back("nothing in the points says that they were measured at the same time");
  const bool poisson = all.front().at("plan").at("arrivals") == "poisson";
  for (std::size_t i = 1; poisson && i < all.size(); ++i)
    for (std::size_t j = 0; j < i; ++j)
      if (all[i].at("plan").at("seed") == all[j].at("plan").at("seed"))
        reasons.push_back(name_of(j) + " and " + name_of(i) +
                          " have the same seed: their arrivals are not independent");
}

// As in a part: of the requests that fell due in the window.
json merge_rate_ratio(const json& merged) {
  const json& r = merged.at("requests");
  const double fell_due =
      r.at("scheduled").get<double>() - r.at("in_flight_at_start").get<double>() - r.value("unsent_at_start", 0.0);
  if (merged.at("plan").at("mode") != "open" || fell_due <= 0) return nullptr;
  return merged.at("replies").get<double>() / fell_due;
}

json merge_checked(const points& all) {
  check_same_load(all);
  if (all.size() == 1) return all.front();
  check_windows(all);
  json result = all.front();
  for (const auto& [key, value] : all.front().items())
    for (const auto& p : all)
      if (p.value(key, json()) != value) result.erase(key);
  result["schema"] = 1;
  result["plan"] = merge_plan(all);
  result["window_s"] = largest(all, pointer("/window_s"));
  result["interrupted"] = largest(all, pointer("/interrupted"));
  result["requests"] = sum_of_members(all, pointer("/requests"));
  result["connections"] = merge_connections(all);
  for (const char* key : {"replies", "throughput"}) result[key] = sum(all, pointer() / key);
  result["rate_ratio"] = merge_rate_ratio(result);
  result["latency"] = json::object();
  for (const auto& [key, value] : all.front().at("latency").items())
    result["latency"][key] = merge_histograms(all, pointer("/latency") / key);
  result["targets"] = merge_targets(all);
  result["crowd"] = merge_crowd(all);
  result["generator"] = {{"cpu_us_per_request", per_request(all, pointer("/generator/cpu_us_per_request"))},
                         {"cpu_share", largest(all, pointer("/generator/cpu_share"))}};
  result["server"] = merge_server(all);
  result["timeline"] = merge_timeline(all);
  result["phases"] = merge_phases(all);
  result["recovery"] = merge_recovery(all);
  // The windows of several processes do not begin in the same instant.
  result["trace"] = nullptr;
  auto v = worst_verdict(all, result);
  add_doubts(all, v.reasons);
  result["verdict"] = {{"valid", v.valid}, {"limiter", v.limiter}, {"reasons", v.reasons}};
  return result;
}

}  // namespace

json merge(const points& all) {
  if (all.empty()) throw bad_plan("cannot merge: no points");
  try {
    return merge_checked(all);
  } catch (const json::exception& e) {
    throw bad_plan(std::string("cannot merge: not a point of schema 1: ") + e.what());
  } catch (const std::invalid_argument& e) {
    throw bad_plan(std::string("cannot merge: ") + e.what());
  }
}

}  // namespace tvl::load
