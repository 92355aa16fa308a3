#include "bench/suite/planning/remaining_time.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace tvl::suite {
namespace {

// Overhead of a round in seconds, and of a contestant's first round in a workload.
constexpr double usual = 0.18, first_time = 1;

}  // namespace

time_left::time_left(std::vector<planned_round> planned) : planned_(std::move(planned)) {
  std::set<std::pair<std::string, std::string>> seen;
  for (const auto& round : planned_) first_.push_back(seen.emplace(round.workload, round.contestant).second);
}

std::array<time_left::kind, 3> time_left::kinds_of(std::size_t round) const {
  const auto& [workload, contestant, load_s] = planned_[round];
  const bool first = first_[round];
  return {kind{workload, contestant, first}, {"", contestant, first}, {"", "", first}};
}

void time_left::finished(double took_s) {
  for (const auto& k : kinds_of(next_)) {
    seen_[k].sum += took_s - planned_[next_].load_s;
    ++seen_[k].count;
  }
  ++next_;
}

void time_left::skipped() { ++next_; }

double time_left::overhead(std::size_t round) const {
  for (const auto& k : kinds_of(round)) {
    if (const auto found = seen_.find(k); found != seen_.end()) return found->second.sum / found->second.count;
  }
  return first_[round] ? first_time : usual;
}

double time_left::seconds() const {
  double rest = 0;
  for (auto i = next_; i < planned_.size(); ++i) rest += planned_[i].load_s + overhead(i);
  return std::max(rest, 0.0);
}

double planned_seconds(const std::vector<planned_round>& rounds) { return time_left(rounds).seconds(); }

}  // namespace tvl::suite
