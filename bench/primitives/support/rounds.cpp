#include "bench/primitives/support/rounds.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <string>

namespace tvl::primitives {
namespace {

// True for `wanted` of the rounds, the first included.
bool is_one_of(int wanted, int round, int rounds) {
  return round == 0 || round * wanted / rounds != (round - 1) * wanted / rounds;
}

// Those of the table rows, in the order of these. With --quick some do not exist.
std::vector<const measurement*> compared(const primitive& p) {
  std::vector<const measurement*> found;
  for (const auto& row : p.rows)
    for (const auto* name : {&row.thread_way, &row.loop_way})
      for (const auto& m : p.measurements)
        if (m.name() == *name && std::ranges::find(found, &m) == found.end()) found.push_back(&m);
  return found;
}

void run(benchmark::State& state, const measurement& m) {
  static std::map<std::string, benchmark::IterationCount> needed;
  auto& known = needed[m.name()];
  least_iterations() = known;
  m.function(state);
  known = std::max(known, state.iterations());
}

}  // namespace

std::vector<const measurement*> round_of(const std::vector<primitive>& all, int round, int rounds) {
  std::vector<const measurement*> order;
  for (const auto& p : all) {
    const auto pairs = compared(p);
    if (!p.steady || is_one_of(steady_rounds, round, rounds)) std::ranges::copy(pairs, std::back_inserter(order));
    if (!is_one_of(uncompared_rounds, round, rounds)) continue;
    for (const auto& m : p.measurements)
      if (std::ranges::find(pairs, &m) == pairs.end()) order.push_back(&m);
  }
  if (round % 2 == 1) std::ranges::reverse(order);
  return order;
}

// No Complexity(): it would be the complexity of a single N.
void register_rounds(const std::vector<primitive>& all, int rounds) {
  for (int round = 0; round < rounds; ++round)
    for (const auto* m : round_of(all, round, rounds))
      benchmark::RegisterBenchmark(m->way.c_str(), [m](benchmark::State& state) { run(state, *m); })
          ->Arg(m->n)
          ->MeasureProcessCPUTime()
          ->UseRealTime()
          ->Unit(benchmark::kNanosecond);
}

}  // namespace tvl::primitives
