#include "clients/load/search/slo.hpp"

#include "clients/load/base/bad_plan.hpp"
#include "clients/load/base/number.hpp"
#include "clients/load/base/units.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <string_view>

namespace tvl::load {
namespace {

constexpr std::size_t most_digits = 6;  // p999999: above it no run has enough samples

double parse_percentile(std::string_view name, const std::string& text) {
  const auto digits = name.substr(std::min<std::size_t>(1, name.size()));
  const bool all_digits = std::ranges::all_of(digits, [](char c) { return c >= '0' && c <= '9'; });
  // p100 and p990 would mean 10 % and 99 %, which is hardly intended.
  const bool unclear = digits.size() > 2 && digits.back() == '0';
  if (!name.starts_with('p') || !all_digits || digits.size() < 2 || digits.size() > most_digits || unclear ||
      digits == "00")
    throw bad_plan("'" + std::string(name) + "' is not a percentile such as p50, p99 or p999 in '" + text + "'");
  double value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value / std::pow(10, static_cast<double>(digits.size()));
}

double parse_duration_us(std::string_view duration, const std::string& text) {
  const auto read = parse_duration(duration);
  const auto us = read ? read->microseconds() : std::nullopt;  // without a unit, milliseconds may be meant
  if (!us || *us <= 0)
    throw bad_plan("'" + std::string(duration) + "' is not a duration such as 200us, 10ms or 1s in '" + text + "'");
  return *us;
}

objective parse_objective(std::string_view part, const std::string& text) {
  const auto equals = part.find('=');
  if (equals == part.npos) throw bad_plan("'" + std::string(part) + "' is not of the form p99=10ms in '" + text + "'");
  const auto name = part.substr(0, equals);
  return {std::string(name), parse_percentile(name, text), parse_duration_us(part.substr(equals + 1), text)};
}

// Empty = met. A failed or unsent request is slower than every reply. `response` has them too, with what they waited.
std::string shortfall(const objective& o, const histogram& response, std::uint64_t replies, std::uint64_t slower) {
  const std::uint64_t n = replies + slower;
  // One ulp less, see histogram::quantile.
  const auto rank = static_cast<std::uint64_t>(std::ceil(std::nextafter(o.quantile, 0.0) * static_cast<double>(n)));
  if (n < rank + samples_beyond) return std::to_string(n) + " requests are too few for a " + o.percentile;
  const std::string limit = ", the limit is " + number(o.limit_us) + " us";
  if (rank > replies)
    return o.percentile + " falls on a failed or unsent request (" + std::to_string(slower) + " of " +
           std::to_string(n) + ")" + limit;
  const double same_rank = (static_cast<double>(rank) - 0.5) / static_cast<double>(replies);
  const double us = static_cast<double>(*response.quantile(same_rank)) / 1e3;
  return us <= o.limit_us ? std::string() : o.percentile + " is " + number(us) + " us" + limit;
}

}  // namespace

slo parse_slo(const std::string& text) {
  slo result;
  for (std::size_t begin = 0; begin <= text.size();) {
    const auto comma = std::min(text.find(',', begin), text.size());
    const auto next = parse_objective(std::string_view(text).substr(begin, comma - begin), text);
    if (std::ranges::count(result, next.percentile, &objective::percentile) > 0)
      throw bad_plan(next.percentile + " is given twice in '" + text + "'");
    result.push_back(next);
    begin = comma + 1;
  }
  return result;
}

slo_result judge(const slo& objectives, const point& p) {
  slo_result result;
  const auto& r = p.requests;
  const auto slower = r.status_errors + r.protocol_errors + r.timeouts + r.resets + r.unsent;
  for (const auto& o : objectives)
    if (auto reason = shortfall(o, p.latency.response, r.ok, slower); !reason.empty())
      result.reasons.push_back(std::move(reason));
  if (p.connections.starved > 0 && !p.asked.open_loop())
    result.reasons.push_back(std::to_string(p.connections.starved) + " of " + std::to_string(p.connections.asked) +
                             " connections got no reply at all");
  result.met = result.reasons.empty();
  return result;
}

}  // namespace tvl::load
