#include "clients/load/search/knee.hpp"

#include "clients/load/base/bad_plan.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace tvl::load {
namespace {

bool is_whole(double x) { return x == std::floor(x); }

std::string limiter_of(const observation& o) { return o.limiter == "none" && !o.met ? "slo" : o.limiter; }

}  // namespace

knee::knee(const knee_plan& p) : plan_(p), load_(p.lowest) {
  if (!(p.lowest > 0 && p.lowest <= p.highest && std::isfinite(p.highest)))
    throw bad_plan("the search needs 0 < lowest load <= highest load");
  if (p.whole && !(is_whole(p.lowest) && is_whole(p.highest)))
    throw bad_plan("the search for connections needs whole numbers as its limits");
  if (!(p.growth > 1 && std::isfinite(p.growth) && p.precision > 0 && std::isfinite(p.precision)))
    throw bad_plan("the search needs a growth above 1 and a precision above 0");
}

std::optional<trial> knee::next() const {
  if (phase_ == phase::over) return std::nullopt;
  const bool confirmation = phase_ == phase::confirming;
  return trial{load_, confirmation ? plan_.confirm_s : plan_.search_s, confirmation};
}

void knee::tell(const observation& o) {
  if (phase_ == phase::over || o.load != load_)
    throw std::logic_error("knee: result of a load that was not the next trial");
  if (o.met && o.valid)
    passed();
  else if (!retrying_)
    retrying_ = true;
  else
    failed(o);
}

void knee::passed() {
  retrying_ = false;
  passed_ = load_;
  if (phase_ == phase::confirming) confirmed_ = load_;
  if (phase_ == phase::climbing && load_ < plan_.highest)
    load_ = higher();
  else
    narrow();
}

void knee::failed(const observation& o) {
  retrying_ = false;
  failed_ = load_;
  limiter_ = limiter_of(o);
  if (load_ <= plan_.lowest)
    phase_ = phase::over;
  else if (phase_ == phase::confirming && !confirmed_)
    load_ = lower();
  else
    narrow();
}

// Bisects to the precision, then confirms, then ends.
void knee::narrow() {
  if (!narrow_enough()) {
    if (phase_ == phase::climbing) phase_ = phase::bisecting;
    load_ = between();
  } else if (confirmed_) {
    phase_ = phase::over;
  } else {
    phase_ = phase::confirming;
    load_ = *passed_;
  }
}

bool knee::narrow_enough() const {
  if (!failed_) return true;
  return *failed_ <= *passed_ * (1 + plan_.precision) || (plan_.whole && *failed_ - *passed_ <= 1);
}

double knee::higher() const {
  const double next = load_ * plan_.growth;
  return std::min(plan_.highest, plan_.whole ? std::ceil(next) : next);
}

double knee::between() const {
  const double middle = std::sqrt(*passed_ * *failed_);
  return plan_.whole ? std::clamp(std::round(middle), *passed_ + 1, *failed_ - 1) : middle;
}

double knee::lower() {
  const double next = load_ / std::pow(1 + plan_.precision, step_down_);
  step_down_ *= 2;
  return std::max(plan_.lowest, plan_.whole ? std::min(std::floor(next), load_ - 1) : next);
}

knee_result knee::result() const {
  if (phase_ != phase::over) throw std::logic_error("knee: the search is not over");
  using outcome = knee_result::outcome;
  const auto kind = !confirmed_ ? outcome::not_met_at_lowest
                    : failed_   ? outcome::bracketed
                                : outcome::met_up_to_highest;
  return {kind, confirmed_, failed_, limiter_};
}

std::size_t knee::most_trials() const {
  const double step = std::log1p(plan_.precision);
  const double range = std::log(plan_.highest / plan_.lowest);
  const auto halvings = [&](double width) { return std::max(0.0, std::ceil(std::log2(width / step))); };
  const double rounding = plan_.whole ? 2 : 0;                                 // a rounded middle splits unevenly
  const double climb = 1 + 2 * std::ceil(range / std::log(plan_.growth)) + 1;  // each may fail once, the last one twice
  const double bisection = 2 * (halvings(std::min(range, std::log(plan_.growth))) + rounding);
  const double down = 2 * (1 + halvings(range + step) + 1);  // steps of 1, 2, 4, .. cover the range
  const double narrowing = 2 * (halvings(range) + rounding);
  return static_cast<std::size_t>(climb + bisection + down + narrowing);
}

}  // namespace tvl::load
