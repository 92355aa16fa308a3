#pragma once
// How long a run will take: what it plans, and what it has learned of the rest.

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

// Beside the load a round takes time of its own, and the first of a contestant in a workload more: there the answers
// are checked, maybe a knee is searched. It is the mean of that contestant's rounds in that workload that ended; where
// there is none yet, of the contestant's anywhere; then of all rounds; where there is none at all, what was seen on a
// small machine.
class time_left {
 public:
  explicit time_left(std::vector<planned_round>);

  void finished(double took_s);  // the next round ended
  void skipped();                // the next round took no time
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

// The same where nothing was measured yet.
double planned_seconds(const std::vector<planned_round>&);

}  // namespace tvl::suite
