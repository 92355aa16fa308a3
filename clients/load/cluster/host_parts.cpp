#include "clients/load/cluster/host_parts.hpp"

#include "clients/load/base/number.hpp"

#include <algorithm>
#include <cmath>
#include <sstream>

namespace tvl::load {
namespace {

std::optional<double> us(const std::optional<std::int64_t>& ns) {
  return ns ? std::optional(static_cast<double>(*ns) / 1e3) : std::nullopt;
}

void read_clock(const std::string& words, host_part& into) {
  std::istringstream in(words);
  double ahead = 0, drift = 0, uncertainty = 0;
  std::int64_t throttled = -1;
  if (!(in >> ahead >> drift >> uncertainty)) return;
  into.clock_ahead_s = ahead / 1e9;
  into.clock_drift_s = drift / 1e9;
  into.clock_uncertainty_s = uncertainty / 1e9;
  if (in >> throttled && throttled >= 0) into.throttled_periods = static_cast<std::uint64_t>(throttled);
}

host_part part_of(const point& p, const std::string& name, const std::string& words) {
  host_part h;
  h.name = name;
  h.connections = p.connections.asked;
  h.replies = p.replies;
  h.rate_ratio = p.rate_ratio;
  h.cpu_us_per_request = p.generator.cpu_us_per_request;
  h.cpu_share = p.generator.cpu_share;
  h.pacing_p99_us = us(p.latency.pacing.quantile(0.99, samples_beyond));
  h.response_p99_us = us(p.latency.response.quantile(0.99, samples_beyond));
  h.start_late_s = p.generator.start_late_s;
  h.valid = p.verdict.valid || p.verdict.limiter == "too-few-samples";
  read_clock(words, h);
  return h;
}

std::string in_ms(double seconds) { return number(seconds * 1e3) + " ms"; }

// Why the window of this host is not that of the others; none = it is.
std::vector<reason> flaws_of(const host_part& h, const std::string& name) {
  std::vector<reason> all;
  if (h.throttled_periods.value_or(0) > 0)
    all.push_back({"host-throttled", name + ": its control group was throttled in " +
                                         std::to_string(*h.throttled_periods) + " periods: give it more CPU"});
  if (!h.clock_uncertainty_s || !h.clock_drift_s || !h.start_late_s) {
    all.push_back({"host-clock", name + ": its clock was not compared"});
    return all;
  }
  const double error = *h.clock_uncertainty_s + std::abs(*h.clock_drift_s);
  if (error > most_start_skew_s)
    all.push_back({"host-clock",
                   name + ": its clock is known to " + in_ms(error) + ", which must be " + in_ms(most_start_skew_s)});
  else if (*h.start_late_s + error > most_start_skew_s)
    all.push_back({"host-late", name + ": it began " + in_ms(*h.start_late_s) + " after the others, which must be " +
                                    in_ms(most_start_skew_s) + " at most"});
  return all;
}

// The verdict of all may have the same reason, without the host.
void name_host(const host_part& h, const point& part, verdict& whole) {
  if (h.valid || part.verdict.reasons.empty()) return;
  const reason& why = part.verdict.reasons.front();
  const std::string text = "load host " + h.name + ": " + why.text;
  const bool is_named = std::ranges::any_of(whole.reasons, [&](const reason& r) { return r.text == text; });
  if (!is_named) whole.reasons.push_back({why.code, text});
}

}  // namespace

void add_hosts(const std::vector<point>& parts, const std::vector<std::string>& names,
               const std::vector<std::string>& over, point& whole) {
  for (std::size_t i = 0; i < parts.size(); ++i) {
    host_part h = part_of(parts[i], names[i], over[i]);
    name_host(h, parts[i], whole.verdict);
    const auto flaws = flaws_of(h, "load host " + h.name);
    if (!flaws.empty()) {
      h.valid = false;
      whole.verdict.invalidate("generator", {everything});
      whole.verdict.reasons.insert(whole.verdict.reasons.begin(), flaws.begin(), flaws.end());
    }
    whole.hosts.push_back(std::move(h));
  }
}

void add_probe(const point& own, const std::string& host, const std::string& over, point& whole) {
  probe_result p{.host = part_of(own, host, over),
                 .rate = own.asked.rate,
                 .requests = own.requests,
                 .response = own.latency.response};
  const std::string name = "probe on " + host;
  auto flaws = flaws_of(p.host, name);
  if (!p.host.valid && !own.verdict.reasons.empty())
    flaws.push_back({"", name + ": " + own.verdict.reasons.front().text});
  p.host.valid &= flaws.empty();
  if (!p.host.valid) whole.verdict.invalidate("generator", {response_times});
  for (const auto& flaw : flaws) whole.verdict.reasons.push_back({"probe", flaw.text});
  whole.probe = std::move(p);
}

}  // namespace tvl::load
