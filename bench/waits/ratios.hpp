#pragma once
// CPU ratios between two ways, per repetition.

#include <cstdint>
#include <map>
#include <string>
#include <utility>

namespace tvl::bench {

class ratios {
 public:
  // Adds the CPU per call of one repetition of NAME = "<wait>/<way>/<at once>". Ignores other names and zero CPU.
  void add(const std::string& name, std::int64_t repetition, double cpu);

  // A line per wait and concurrency, sorted: awaiting / bare, median (smallest to largest) over the repetitions with
  // both, "n/a" without any. Empty when there are no rows.
  std::string text() const;

 private:
  using costs = std::map<std::int64_t, double>;  // by repetition
  using ways = std::map<std::string, costs>;
  std::map<std::pair<std::string, int>, ways> rows_;  // by wait and concurrency
};

}  // namespace tvl::bench
