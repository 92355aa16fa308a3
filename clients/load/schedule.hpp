#pragma once
// When requests are due in an open loop: a pure function of the seed, without a clock.
//
// The n-th due time is a sum of exact gaps from the start, so neither late wake-ups nor rounding shift what comes
// after, and nothing is skipped or slowed down after a stall: what fell due meanwhile is due.

#include "clients/load/plan.hpp"

#include <cmath>
#include <cstdint>
#include <random>

namespace tvl::load {

class schedule {
 public:
  // `start` and the due times are nanoseconds of one clock; `rate` is in requests a second. With constant arrivals,
  // `phase` (0..1) shifts this thread's requests between those of the others.
  schedule(arrivals kind, double rate, std::uint64_t seed, std::int64_t start, double phase)
      : kind_(kind),
        gap_ns_(1e9 / rate),
        start_(start),
        at_(kind == arrivals::constant ? phase * gap_ns_ : 0),
        random_(seed) {
    if (kind_ == arrivals::poisson) at_ = next_gap();
  }

  std::int64_t due() const { return start_ + static_cast<std::int64_t>(at_); }
  void pop() { at_ = kind_ == arrivals::constant ? at_ + gap_ns_ : at_ + next_gap(); }

 private:
  double next_gap() { return -std::log1p(-uniform_(random_)) * gap_ns_; }

  arrivals kind_;
  double gap_ns_;
  std::int64_t start_;
  double at_;  // nanoseconds since start; a double keeps them to a nanosecond for 100 days
  std::mt19937_64 random_;
  std::uniform_real_distribution<double> uniform_;
};

}  // namespace tvl::load
