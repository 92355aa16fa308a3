#include "bench/suite/measuring/find_knee.hpp"

#include "bench/support/format.hpp"
#include "clients/load/search/knee.hpp"
#include "clients/load/search/slo.hpp"

#include <algorithm>

namespace tvl::suite {
namespace {

constexpr double shortest_s = 0.5;
constexpr double longest_s = 5;
constexpr double samples_per_trial = 1500;  // at the lowest rate; a p99 needs a thousand
constexpr double warmup_s = 0.2;
constexpr int most_retries = 2;

load::plan bare(load::plan p) {
  p.crowd = {};
  p.steps.clear();
  p.storm_s.reset();
  p.late.reset();
  p.trace_s = 0;
  p.warmup_s = warmup_s;
  p.overload = true;
  return p;
}

load::knee_plan around(double saturation) {
  load::knee_plan k;
  k.lowest = std::min(saturation, std::max(saturation / 8, samples_per_trial / longest_s));
  k.highest = saturation * 1.5;  // an open loop may be a little faster than the closed one
  k.precision = 0.1;
  k.search_s = std::clamp(samples_per_trial / k.lowest, shortest_s, longest_s);
  k.confirm_s = 2 * k.search_s;
  return k;
}

bool is_disturbed(const load::verdict& v) { return !v.valid && (v.limiter == "host-busy" || v.limiter == "generator"); }

// Repeats a trial that fails under interference.
load::point attempt(const load::plan& p, const load::slo& wanted, const runner& run) {
  auto point = run(p);
  for (int retry = 0; retry < most_retries && !point.interrupted && is_disturbed(point.verdict); ++retry) {
    if (load::judge(wanted, point).met) break;
    point = run(p);
  }
  return point;
}

}  // namespace

knee_found find_knee(load::plan offered, const std::string& slo, const runner& run) {
  auto p = bare(std::move(offered));
  p.rate = 0;
  p.seconds = shortest_s;
  const auto saturated = run(p);
  if (!saturated.throughput || *saturated.throughput <= 0) return {{}, "no knee: no reply in a closed loop"};

  const auto wanted = load::parse_slo(slo);
  load::knee search(around(*saturated.throughput));
  while (const auto t = search.next()) {
    p.rate = t->load;
    p.seconds = t->seconds;
    const auto point = attempt(p, wanted, run);
    if (point.interrupted) return {{}, "stopped"};
    search.tell({t->load, load::judge(wanted, point).met, true, point.verdict.limiter});
  }
  const auto found = search.result();
  if (found.highest_confirmed) return {found.highest_confirmed, ""};
  return {{},
          "no knee: " + slo + " is not met at " + rate_text(*found.lowest_failed) + " already, of " +
              rate_text(*saturated.throughput) + " in a closed loop"};
}

std::string key_of_knee(const workload& w, const load_settings& settings, const scheduled& s) {
  auto key = s.contestant + "#" + std::to_string(s.repetition) + "/" + settings.knee_slo;
  for (const auto& endpoint : endpoints_of(w, s.settings)) key += "/" + endpoint;
  for (const auto& v : s.settings) {
    const auto known = std::ranges::find(load_variables(), v.variable, &load_variable::name);
    const bool offered = known != load_variables().end() && known->offer != nullptr;
    if (!offered || v.variable == "connections") key += "/" + v.variable + ":" + v.value.text;
  }
  return key;
}

}  // namespace tvl::suite
