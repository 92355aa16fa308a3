#include "clients/load/selftest/expected_values.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace tvl::load::analytic {

double stall_quantile(double q, double stall_s, double window_s, double load) {
  return std::max(0.0, stall_s - (1 - q) * window_s * (1 - load));
}

double md1_mean_wait(double rate, double service_s) {
  const double load = rate * service_s;
  return load < 1 ? load * service_s / (2 * (1 - load)) : std::numeric_limits<double>::infinity();
}

double closed_loop_throughput(double connections, double service_s, double think_s) {
  return std::min(connections / (service_s + think_s), 1 / service_s);
}

double mixture_quantile(std::vector<component> components, double q) {
  std::ranges::sort(components, {}, &component::value);
  double all = 0, sum = 0;
  for (const auto& c : components) all += c.weight;
  for (const auto& c : components)
    if ((sum += c.weight) >= q * all) return c.value;
  return components.empty() ? std::numeric_limits<double>::quiet_NaN() : components.back().value;
}

goodness exponential_gaps(std::vector<double> gaps_s, double rate) {
  std::ranges::sort(gaps_s);
  const auto n = static_cast<double>(gaps_s.size());
  goodness result;
  for (std::size_t i = 0; i < gaps_s.size(); ++i) {
    const double expected = -std::expm1(-rate * std::max(0.0, gaps_s[i]));
    const auto rank = static_cast<double>(i);
    result.statistic = std::max({result.statistic, expected - rank / n, (rank + 1) / n - expected});
  }
  const double root = std::sqrt(n);
  result.limit = 1.628 / (root + 0.12 + 0.11 / root);
  result.pass = gaps_s.size() >= 5 && result.statistic <= result.limit;
  return result;
}

}  // namespace tvl::load::analytic
