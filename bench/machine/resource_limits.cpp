#include "bench/machine/resource_limits.hpp"

#include "bench/support/format.hpp"

#include <nlohmann/json.hpp>

namespace tvl::suite {
namespace {

using amount = std::optional<std::uint64_t>;

const limit* tightest(const std::vector<limit>& limits, amount limit::*number) {
  const limit* least = nullptr;
  for (const auto& l : limits)
    if (l.*number && (!least || *(l.*number) < *(least->*number))) least = &l;
  return least;
}

// The number of sources or processes that the limit applies to.
std::uint64_t times(const limit& l, const need& n) {
  return l.per_source ? n.sources : l.per_process ? n.processes : 1;
}

bool lacks_connections(const limit& l, const need& n) {
  return l.connections && *l.connections * times(l, n) < n.connections;
}

bool lacks_threads(const limit& l, const need& n) { return l.threads && *l.threads < n.threads; }

}  // namespace

const limit* tightest_for_connections(const std::vector<limit>& limits) {
  return tightest(limits, &limit::connections);
}
const limit* tightest_for_threads(const std::vector<limit>& limits) { return tightest(limits, &limit::threads); }

std::vector<limit> too_low_for(const std::vector<limit>& limits, const need& n) {
  std::vector<limit> low;
  for (const auto& l : limits)
    if (lacks_connections(l, n) || lacks_threads(l, n)) low.push_back(l);
  return low;
}

std::string why_not(const std::vector<limit>& limits, const need& n) {
  for (const auto& l : too_low_for(limits, n)) {
    if (!l.sure) continue;
    const bool of_connections = lacks_connections(l, n);
    return grouped(of_connections ? n.connections : n.threads) + (of_connections ? " connections" : " threads") +
           " do not fit: " + l.name + " (" + l.what + ") is " + std::to_string(l.value.value_or(0)) +
           ", which allows " + grouped(of_connections ? *l.connections * times(l, n) : *l.threads) + ": " +
           l.arithmetic;
  }
  return "";
}

nlohmann::json values_of(const std::vector<limit>& limits) {
  auto values = nlohmann::json::object();
  for (const auto& l : limits) {
    if (l.value == amount(unlimited)) {
      values[l.name] = "unlimited";
    } else {
      values[l.name] = l.value ? nlohmann::json(*l.value) : nlohmann::json();
    }
  }
  return values;
}

}  // namespace tvl::suite
