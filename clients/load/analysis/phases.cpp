#include "clients/load/analysis/phases.hpp"

#include "clients/load/base/bad_plan.hpp"
#include "clients/load/base/clock.hpp"

#include <algorithm>
#include <cmath>
#include <sstream>
#include <string>

namespace tvl::load {
namespace {

std::string seconds(double s) {
  std::ostringstream text;
  text << s << " s";
  return text.str();
}

void check_inside(const plan& p, const std::string& what, double at_s) {
  if (!(at_s > 0 && at_s < p.seconds))
    throw bad_plan(what + " at " + seconds(at_s) + ": not inside the window of " + seconds(p.seconds));
}

double rate_at(const plan& p, double s) {
  double rate = p.rate;
  for (const auto& step : p.steps)
    if (step.at_s <= s) rate = step.rate;
  return rate;
}

}  // namespace

std::vector<double> changes_of(const plan& p) {
  std::vector<double> all;
  for (const auto& s : p.steps) all.push_back(s.at_s);
  if (p.storm_s) all.push_back(*p.storm_s);
  if (p.late) all.push_back(p.late->at_s);
  std::ranges::sort(all);
  all.erase(std::ranges::unique(all).begin(), all.end());
  return all;
}

void check_changes(const plan& p) {
  if (!p.steps.empty() && !p.open_loop()) throw bad_plan("steps change a rate: they need an open loop");
  double last = 0;
  for (const auto& s : p.steps) {
    check_inside(p, "the step", s.at_s);
    if (s.at_s <= last)
      throw bad_plan("the steps at " + seconds(last) + " and " + seconds(s.at_s) + " are not in order");
    if (!(s.rate > 0 && std::isfinite(s.rate)))
      throw bad_plan("the step at " + seconds(s.at_s) + " needs a rate above 0");
    last = s.at_s;
  }
  if (p.storm_s && p.late) throw bad_plan("a storm and late connections do not go together");
  if (p.storm_s) check_inside(p, "the storm", *p.storm_s);
  if (p.late) {
    check_inside(p, "the late connections", p.late->at_s);
    if (p.late->connections < 0) throw bad_plan("late connections: fewer than none");
  }
  if (changes_of(p).size() > most_changes)
    throw bad_plan("more than " + std::to_string(most_changes) + " changes inside one window");
}

phase_record::phase_record(const plan& p) {
  const auto all = changes_of(p);
  if (all.empty()) return;
  for (const double s : all) changes_.push_back(to_ns(s));
  tallies_.resize(all.size() + 1);
  recovery_ = recovery_record(changes_.front(), changes_.back(), to_ns(p.seconds));
}

void phase_record::begin(std::int64_t at) {
  begin_ = at;
  std::ranges::fill(tallies_, tally{});
  recovery_.clear();
}

phase_record::tally& phase_record::of(std::int64_t time) {
  std::size_t i = changes_.size();
  while (i > 0 && time - begin_ < changes_[i - 1]) --i;
  return tallies_[i];
}

void phase_record::ok(std::int64_t due, std::int64_t received) {
  tally& t = of(due);
  ++t.ok;
  t.response.record(received - due);
  ++of(received).arrived;
  recovery_.took(due - begin_, received - due);
}

void phase_record::failed(std::int64_t due, std::int64_t at) {
  tally& t = of(due);
  ++t.errors;
  t.response.record_longer_than(at - due);
  recovery_.failed(due - begin_);
}

void phase_record::unanswered(std::int64_t due, std::int64_t until) {
  tally& t = of(due);
  ++t.unanswered;
  t.response.record_longer_than(until - due);
  recovery_.took(due - begin_, until - due);
}

void phase_record::merge(const phase_record& other) {
  if (!kept()) return void(*this = other);
  for (std::size_t i = 0; i < tallies_.size(); ++i) {
    tally& t = tallies_[i];
    const tally& o = other.tallies_[i];
    t.scheduled += o.scheduled, t.ok += o.ok, t.errors += o.errors, t.unanswered += o.unanswered;
    t.arrived += o.arrived;
    t.response.merge(o.response);
  }
  recovery_.merge(other.recovery_);
}

std::vector<phase> phase_record::phases(const plan& p, double window_s) const {
  std::vector<phase> result;
  const auto changes = changes_of(p);
  for (std::size_t i = 0; i < tallies_.size(); ++i) {
    const double begin_s = i == 0 ? 0 : changes[i - 1];
    const double end_s = i < changes.size() ? std::min(changes[i], window_s) : window_s;
    if (begin_s >= end_s) break;
    const tally& t = tallies_[i];
    phase made;
    made.begin_s = begin_s;
    made.end_s = end_s;
    if (p.open_loop()) made.rate = rate_at(p, begin_s);
    made.connections = p.connections + (p.late && p.late->at_s <= begin_s ? p.late->connections : 0);
    made.scheduled = t.scheduled;
    made.ok = t.ok;
    made.errors = t.errors;
    made.unanswered = t.unanswered;
    made.goodput = static_cast<double>(t.arrived) / (end_s - begin_s);
    made.response = t.response.estimate();
    result.push_back(std::move(made));
  }
  return result;
}

std::optional<double> phase_record::response_recovery_s(double window_s) const {
  if (!kept()) return std::nullopt;
  const bool has_p99 = tallies_.front().response.estimate().quantile(0.99, samples_beyond).has_value();
  return has_p99 ? recovery_.recovered_s(to_ns(window_s)) : std::nullopt;
}

}  // namespace tvl::load
