#pragma once
// Due times of requests in an open loop: a pure function of the seed.
//
// The n-th due time is a sum of exact gaps from the start. Neither late wake-ups nor rounding shift later times, and
// requests due during a stall are neither skipped nor delayed.

#include "clients/load/plan/plan.hpp"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <random>
#include <utility>
#include <vector>

namespace tvl::load {

class schedule {
 public:
  struct rate_change {
    std::int64_t at = 0;  // nanoseconds of the same clock
    double rate = 0;
  };

  // `start` and the due times are nanoseconds of one clock; `rate` is in requests a second, `changes` in order of time.
  // With constant arrivals, `phase` (0..1) interleaves the threads' requests.
  schedule(arrivals kind, double rate, std::uint64_t seed, std::int64_t start, double phase,
           std::vector<rate_change> changes = {})
      : kind_(kind), gap_ns_(1e9 / rate), start_(start), changes_(std::move(changes)), random_(seed) {
    if (!changes_.empty()) next_change_ = static_cast<double>(changes_.front().at - start);
    go_on(kind == arrivals::constant ? phase : exponential());
  }

  std::int64_t due() const { return start_ + static_cast<std::int64_t>(at_); }
  void pop() { go_on(kind_ == arrivals::constant ? 1 : exponential()); }

 private:
  double exponential() { return -std::log1p(-uniform_(random_)); }

  // Advances by so many gaps. A gap with a change of the rate in it runs at the old rate before the change and at the
  // new rate after it, which keeps Poisson arrivals Poisson and threads in step.
  void go_on(double gaps) {
    while (at_ + gaps * gap_ns_ > next_change_) {
      gaps -= (next_change_ - at_) / gap_ns_;
      at_ = next_change_;
      gap_ns_ = 1e9 / changes_[changed_].rate;
      next_change_ = ++changed_ < changes_.size() ? static_cast<double>(changes_[changed_].at - start_) : none;
    }
    at_ += gaps * gap_ns_;
  }

  static constexpr double none = std::numeric_limits<double>::infinity();

  arrivals kind_;
  double gap_ns_;
  std::int64_t start_;
  double at_ = 0;  // nanoseconds since start; a double keeps them to a nanosecond for 100 days
  std::vector<rate_change> changes_;
  std::size_t changed_ = 0;  // how many of them have been passed
  double next_change_ = none;
  std::mt19937_64 random_;
  std::uniform_real_distribution<double> uniform_;
};

}  // namespace tvl::load
