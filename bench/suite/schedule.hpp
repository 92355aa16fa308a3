#pragma once
// The order of a run. Pure: names and numbers in, an ordered list out.

#include <string>
#include <vector>

namespace tvl::suite {

// What one workload asks for.
struct demand {
  std::string workload;
  std::vector<int> connections;
  std::vector<std::string> contestants;
  int repetitions = 1;
};

struct scheduled {
  std::string workload;
  std::string contestant;
  int connections = 0;
  int repetition = 0;  // 0-based
  int position = 0;    // 0-based place within this repetition of the block

  std::string name() const;   // "<workload>/<contestant>/<load>", Google Benchmark's name of the point
  std::string block() const;  // "<workload>/<load>"
};

// Block after block, repetition after repetition; within one, all contestants next to each other, and each
// begins in turn, so that a machine that slows down in between does not always hit the same one.
std::vector<scheduled> schedule(const std::vector<demand>&);

}  // namespace tvl::suite
