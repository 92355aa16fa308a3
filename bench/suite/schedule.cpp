#include "bench/suite/schedule.hpp"

namespace tvl::suite {

std::string scheduled::name() const { return workload + "/" + contestant + "/" + std::to_string(connections); }

std::string scheduled::block() const { return workload + "/" + std::to_string(connections); }

std::vector<scheduled> schedule(const std::vector<demand>& demands) {
  std::vector<scheduled> points;
  for (const auto& d : demands) {
    const int contestants = static_cast<int>(d.contestants.size());
    for (const int connections : d.connections) {
      for (int repetition = 0; repetition < d.repetitions; ++repetition) {
        for (int position = 0; position < contestants; ++position) {
          const auto turn = static_cast<std::size_t>((position + repetition) % contestants);
          points.push_back({d.workload, d.contestants[turn], connections, repetition, position});
        }
      }
    }
  }
  return points;
}

}  // namespace tvl::suite
