#pragma once
// Estimates how long a run will take.

#include <array>
#include <cstddef>
#include <map>
#include <string>
#include <tuple>
#include <vector>

namespace tvl::suite {

// One round as planned.
struct planned_round {
  std::string workload, contestant;
  double load_s = 0;  // warm-up and window
};

// Planned load plus an overhead per round, which is larger in the first round of a contestant in a workload: answers
// are validated, and a knee may be searched. The overhead is the mean of the finished rounds of this contestant in this
// workload; without any, of this contestant; then of all; then a constant measured on a small machine.
class time_left {
 public:
  explicit time_left(std::vector<planned_round>);

  void finished(double took_s);  // the next round ended
  void skipped();                // the next round took no time
  void again(std::size_t rounds) { next_ -= rounds; }
  double seconds() const;

 private:
  struct mean {
    double sum = 0;
    int count = 0;
  };
  // Workload, contestant (empty = all), and whether it is the first such round.
  using kind = std::tuple<std::string, std::string, bool>;

  std::array<kind, 3> kinds_of(std::size_t round) const;  // the closest first
  double overhead(std::size_t round) const;

  std::vector<planned_round> planned_;
  std::vector<bool> first_;
  std::size_t next_ = 0;
  std::map<kind, mean> seen_;
};

// Before anything is measured.
double planned_seconds(const std::vector<planned_round>&);

}  // namespace tvl::suite
