#include "bench/suite/measuring/admission.hpp"

#include "bench/suite/catalogue/left_out_notes.hpp"
#include "bench/suite/output/point_record.hpp"
#include "clients/load/base/bad_plan.hpp"
#include "clients/load/plan/process_shares.hpp"

#include <algorithm>

namespace tvl::suite {

admission::admission(const catalogue& known, services& started, journal& j, progress& p, std::stop_token stop)
    : known_(known),
      services_(started),
      journal_(j),
      progress_(p),
      stop_(std::move(stop)),
      limits_(read_limits(machine_files())) {}

void admission::leave_out(const std::vector<left_out>& missing) {
  for (const auto& one : missing) {
    if (!one.of_some_points)
      left_out_[{one.workload, one.contestant}] =
          one.status == "not offered" ? "not offered: " + one.reason : one.reason;
    some_failed_ |= one.status == "failed";
    journal_.append_once(left_out_record(one, known_));
  }
  for (const auto& note : notes_of(missing)) progress_.note(note);
}

std::string admission::why_skipped(const prepared_point& p) {
  if (stop_.stop_requested()) return "stopped";
  const std::pair key(p.where.workload, p.where.contestant);
  if (left_out_.contains(key) || lacks_services(p)) return left_out_.at(key);
  return exceeded_limit(p);
}

std::optional<std::string> admission::replace_ended_service(const std::vector<prepared_point>& points) {
  service_names needed;
  for (const auto& point : points) needed.insert(point.services.begin(), point.services.end());
  const auto one = services_.ended(needed);
  if (!one) return std::nullopt;
  if (restarted_.emplace(points.front().where.repetition, one->name).second) {
    progress_.note(one->how + ": it is started again, and the point repeated");
    try {
      services_.restart(one->name);
    } catch (const run_stopped&) {
      // why_skipped() says it
    }
  } else {
    services_.give_up(*one);
  }
  std::string why;
  for (const auto& point : points) {
    if (auto skipped = why_skipped(point); !skipped.empty()) why = std::move(skipped);
  }
  return why;
}

bool admission::lacks_services(const prepared_point& p) {
  const auto absent = services_.absent(p.services);
  if (absent) leave_out({{p.where.workload, p.where.contestant, absent->status, absent->reason}});
  return absent.has_value();
}

// A limit ends the contestant's line: only the first point beyond it is recorded.
std::string admission::exceeded_limit(const prepared_point& p) {
  const line of{p.where.workload, p.where.contestant, p.where.series(), p.where.facet()};
  const double x = *p.where.x().number;
  if (const auto end = ends_.find(of); end != ends_.end() && x >= end->second.x) return end->second.why.text;
  const auto why = limit_of(p);
  if (!why) return "";
  ends_[of] = {x, *why};
  journal_.append_once(limit_record(p.where, *why, known_));
  progress_.note(p.where.name() + " left out: " + why->text);
  return why->text;
}

// The code is the name of the limit.
std::optional<load::reason> admission::limit_of(const prepared_point& p) const {
  try {
    p.check_generator();
  } catch (const load::over_limit& error) {
    return load::reason{error.name, error.what()};
  } catch (const load::bad_plan& error) {
    return load::reason{"", error.what()};
  }
  const auto low = too_low_for(limits_, p.needs());
  const auto forbids = std::ranges::find_if(low, &limit::sure);
  if (forbids == low.end()) return std::nullopt;
  return load::reason{forbids->name, why_not(limits_, p.needs())};
}

}  // namespace tvl::suite
