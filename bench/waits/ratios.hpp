#pragma once
// How much more CPU one way takes than another, repetition by repetition.

#include <cstdint>
#include <map>
#include <string>
#include <utility>

namespace tvl::bench {

class ratios {
 public:
  // CPU per call of one repetition of NAME = "<wait>/<way>/<at once>". Of other names and of one that took no CPU
  // nothing is kept.
  void add(const std::string& name, std::int64_t repetition, double cpu);

  // A line per wait and number at once, sorted: awaiting / bare, median (smallest to largest) over the repetitions that
  // have both. "n/a" without such. Empty when there is nothing to compare.
  std::string text() const;

 private:
  using costs = std::map<std::int64_t, double>;  // by repetition
  using ways = std::map<std::string, costs>;
  std::map<std::pair<std::string, int>, ways> rows_;  // by wait and number at once
};

}  // namespace tvl::bench
