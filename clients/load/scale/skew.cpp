#include "clients/load/scale/skew.hpp"

#include "clients/load/cluster/clock_offset.hpp"
#include "clients/load/rank/exchange.hpp"

#include <algorithm>
#include <cstdlib>
#include <iomanip>
#include <ostream>
#include <random>

namespace tvl::load {
namespace {

constexpr int runs = 20;
constexpr double to_us = 1e-3;

clock_offset compared(const delays& d, double asymmetry, std::mt19937_64& random) {
  std::exponential_distribution<double> tail(1 / d.tail);
  std::vector<clock_exchange> all(rank::clock_exchanges);
  std::int64_t now = 0;
  for (auto& e : all) {
    e.asked = now;
    e.answered = e.asked + static_cast<std::int64_t>(d.base + tail(random));
    now = e.received = e.answered + static_cast<std::int64_t>(d.base + asymmetry + tail(random));
  }
  return offset_of(all);
}

}  // namespace

// The clocks are the same: the estimate is its error.
skew skew_of(std::size_t hosts, const delays& d, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::int64_t first = INT64_MAX, last = INT64_MIN;
  skew found;
  for (std::size_t i = 0; i < hosts; ++i) {
    const auto [ahead, uncertainty] = compared(d, i % 2 == 0 ? 0 : d.asymmetry, random);
    first = std::min(first, ahead);
    last = std::max(last, ahead);
    found.uncertainty = std::max(found.uncertainty, uncertainty);
    found.error = std::max(found.error, std::abs(ahead));
  }
  found.widest = last - first;
  return found;
}

void print_skew(std::ostream& out, const std::vector<std::size_t>& hosts) {
  out << "| tail, us | longer way back, us | hosts | windows begin apart, us | at most, us | error, us | said, us |\n"
         "|--:|--:|--:|--:|--:|--:|--:|\n"
      << std::fixed;
  for (const double tail : {10e3, 100e3, 1e6})
    for (const double asymmetry : {0.0, 200e3})
      for (const auto n : hosts) {
        std::vector<std::int64_t> widest;
        skew most;
        for (int run = 0; run < runs; ++run) {
          const skew s =
              skew_of(n, {.base = 50e3, .tail = tail, .asymmetry = asymmetry}, static_cast<std::uint64_t>(run));
          widest.push_back(s.widest);
          most.uncertainty = std::max(most.uncertainty, s.uncertainty);
          most.error = std::max(most.error, s.error);
        }
        std::ranges::sort(widest);
        out << std::setprecision(0) << "| " << tail * to_us << " | " << asymmetry * to_us << " | " << n << " | "
            << std::setprecision(1) << static_cast<double>(widest[runs / 2]) * to_us << " | "
            << static_cast<double>(widest.back()) * to_us << " | " << static_cast<double>(most.error) * to_us << " | "
            << static_cast<double>(most.uncertainty) * to_us << " |\n";
      }
}

}  // namespace tvl::load
