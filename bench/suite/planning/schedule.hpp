#pragma once
// The order of a run. Pure functions.

#include "bench/suite/config/variables.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace tvl::suite {

// One workload, with what of it is to be measured.
struct selected_workload {
  std::string workload;
  std::vector<variable> variables;  // crossed; the last changes fastest
  std::vector<std::string> contestants;
  int repetitions = 1;
  // Contestant -> variables that its command does not take: it is measured once instead of at each of their values.
  std::map<std::string, std::set<std::string>> unknown = {};
  // Contestant -> values of the variable `beside` (endpoints) that it does not offer: it is not measured there.
  std::map<std::string, std::set<std::string>> not_beside = {};
};

struct scheduled {
  std::string workload;
  std::string contestant;
  std::vector<setting> settings;  // of every variable that applies to the contestant
  int repetition = 0;             // 0-based
  int position = 0;               // 0-based place within its group
  bool control = false;           // A/A control: the baseline once more
  bool profiled = false;          // a profile is taken
  int group = 0;                  // 0-based in the run: one repetition of one block; its points are compared pairwise

  // "<workload>/<contestant>/<load>", Google Benchmark's name of the point; a control's ends in "/control", that of a
  // profiled one in "/profiled".
  std::string name() const;
  std::string block() const;                  // "<workload>/<load>"
  std::string load() const;                   // "64", "64/rate:2000": x, then the other swept variables
  const quantity& x() const;                  // a number
  std::optional<std::string> series() const;  // "processes:2"
  std::optional<std::string> facet() const;   // "rate:2000 threads:4"
  int connections() const;
};

// A randomised block design. One repetition of everything, then the next: the repetitions of a block are minutes apart,
// so that intervals include slow minutes of the machine, and an interrupted run has some repetitions of every block.
// Within a repetition, workloads and combinations of values follow in order. All contestants of a block are next to
// each other, in an order that changes with the repetition (balanced_orders()), so that drift does not favour one.
// The first contestant of a workload, its baseline, is measured twice in a random share of the blocks of several
// contestants: the second, the A/A control, shows the difference between equal servers.
std::vector<scheduled> schedule(const std::vector<selected_workload>&, std::uint64_t seed = 0, double controls = 1);

// The row that begins there: the rounds of its group.
std::vector<scheduled> row_of(const std::vector<scheduled>&, std::size_t first);

// Each round twice in a row, with a profile and without: which is first changes by turns, because the second may find
// the machine in another state.
std::vector<scheduled> with_profiles(const std::vector<scheduled>&);

// More would take time from the comparisons; fewer would not show a difference that should not be there.
inline constexpr double usual_controls = 0.25;

}  // namespace tvl::suite
