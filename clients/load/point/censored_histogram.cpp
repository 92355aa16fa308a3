#include "clients/load/point/censored_histogram.hpp"

#include <algorithm>

namespace tvl::load {
namespace {

// The whole part of what is owed; the rest stays owed.
std::uint64_t pay(double& owed) {
  const auto whole = static_cast<std::uint64_t>(std::max(0.0, owed + 0.5));
  owed -= static_cast<double>(whole);
  return whole;
}

}  // namespace

void censored_histogram::merge(const censored_histogram& other) {
  ended_.merge(other.ended_);
  longer_.merge(other.longer_);
}

histogram censored_histogram::estimate() const {
  histogram result = ended_;
  if (longer_.count() == 0) return result;
  const auto longer = longer_.buckets();
  auto next = longer.begin();
  auto later = static_cast<double>(ended_.count() + longer_.count());  // observations that are not yet passed
  double weight = 1;                                                   // of each of them
  double owed = 0;                                                     // samples that the weights add to the result
  for (const auto& b : ended_.buckets()) {
    for (; next != longer.end() && next->highest < b.highest; ++next) {
      weight *= later / (later - static_cast<double>(next->samples));
      later -= static_cast<double>(next->samples);
    }
    owed += (weight - 1) * static_cast<double>(b.samples);
    later -= static_cast<double>(b.samples);
    result.record(std::min(b.highest, *ended_.max()), pay(owed));
  }
  for (; next != longer.end(); ++next) {
    owed += weight * static_cast<double>(next->samples);
    result.record(std::min(next->highest, *longer_.max()), pay(owed));
  }
  return result;
}

}  // namespace tvl::load
