#pragma once
// The order of a run. Pure: names and numbers in, an ordered list out.

#include "bench/suite/config/variables.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace tvl::suite {

// What one workload asks for.
struct demand {
  std::string workload;
  std::vector<variable> variables;  // crossed; the last changes fastest
  std::vector<std::string> contestants;
  int repetitions = 1;
  // Contestant -> variables that it does not know. It is measured once instead of at each of their values.
  std::map<std::string, std::set<std::string>> unknown = {};
  // Contestant -> values of the variable `beside`, endpoints that it does not offer. It is not measured there.
  std::map<std::string, std::set<std::string>> not_beside = {};
};

struct scheduled {
  std::string workload;
  std::string contestant;
  std::vector<setting> settings;  // of every variable that applies to the contestant
  int repetition = 0;             // 0-based
  int position = 0;               // 0-based place within this repetition, among all that are measured side by side
  bool control = false;           // the baseline once more, as if it were somebody else
  int row = 0;                    // 0-based in the run: one repetition of one block, whose points are pairs

  // "<workload>/<contestant>/<load>", Google Benchmark's name of the point; of a control with "/control" behind it.
  std::string name() const;
  std::string block() const;                  // "<workload>/<load>"
  std::string load() const;                   // "64", "64/rate:2000": x, then whatever else is swept
  const quantity& x() const;                  // a number
  std::optional<std::string> series() const;  // "processes:2"
  std::optional<std::string> facet() const;   // "rate:2000 threads:4"
  int connections() const;
};

// Repetition after repetition of everything: in a full run the repetitions of one block are minutes apart, so
// that intervals know of a machine that is slower for some minutes, and a run that is cut off has something of all.
// Within one, workload after workload and combination after combination of values; there all contestants are next to
// each other, in an order of its own (see balanced_orders), so that a machine that slows down in between does not
// always hit the same one. The first contestant of a workload, its baseline, is measured twice wherever there is
// somebody to compare it with: the second, the control, shows what "no difference" looks like here.
std::vector<scheduled> schedule(const std::vector<demand>&, std::uint64_t seed = 0);

}  // namespace tvl::suite
