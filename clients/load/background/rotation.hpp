#pragma once
// Spreads n periodic events evenly over one period, so that a single timer serves them all. The caller passes the time.

#include <cmath>
#include <cstddef>
#include <cstdint>

namespace tvl::load {

class rotation {
 public:
  // Times are nanoseconds; the first turn is due at `start`.
  rotation(std::size_t members, std::int64_t period, std::int64_t start)
      : members_(members), period_(period), start_(start) {}

  // The time of the next turn; INT64_MAX without members.
  std::int64_t next() const {
    if (members_ == 0) return INT64_MAX;
    const auto round = static_cast<std::int64_t>(turn_ / members_);
    const double part = static_cast<double>(turn_ % members_) / static_cast<double>(members_);
    return start_ + round * period_ + static_cast<std::int64_t>(std::ceil(part * static_cast<double>(period_)));
  }
  // Calls visit(member) for every turn due by `now`. Missed rounds are skipped: a member gets at most one turn per
  // call.
  template <class Visit>
  void take(std::int64_t now, Visit visit) {
    if (now < next()) return;
    turn_ += members_ * static_cast<std::uint64_t>((now - next()) / period_);
    for (; next() <= now; ++turn_) visit(static_cast<std::size_t>(turn_ % members_));
  }

 private:
  std::size_t members_;
  std::int64_t period_;
  std::int64_t start_;
  std::uint64_t turn_ = 0;
};

}  // namespace tvl::load
