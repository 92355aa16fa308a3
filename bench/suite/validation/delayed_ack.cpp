#include "bench/suite/validation/delayed_ack.hpp"

#include <algorithm>
#include <iterator>

namespace tvl::suite {
namespace {

// The timer is 40 ms, rounded up to ticks of 4 ms at 250 Hz. scripts/tvl/analysis/delayed_ack.py has the same limits.
constexpr double least_ms = 38, most_ms = 49;
constexpr int most_times = 3;

bool is_delayed(const milliseconds& took) {
  for (int times = 1; times <= most_times; ++times)
    if (took.count() >= times * least_ms && took.count() <= times * most_ms) return true;
  return false;
}

}  // namespace

std::vector<milliseconds> times_of(const std::function<reply()>& request, int replies) {
  std::vector<milliseconds> took;
  for (int i = 0; i < replies; ++i) took.push_back(request().took);
  return took;
}

std::string delayed_ack_hint(const std::vector<milliseconds>& took) {
  if (2 * std::ranges::count_if(took, is_delayed) <= std::ssize(took)) return "";
  return "about 40 ms a reply: Nagle's algorithm and delayed ACK; set TCP_NODELAY";
}

}  // namespace tvl::suite
