#pragma once
// Which cores the server gets and which the generator.

#include <string>
#include <vector>

namespace tvl::suite {

struct cpu_split {
  std::vector<int> server;
  std::vector<int> generator;
  bool shared = false;  // some core is in both
};

// "0,2-3" -> 0, 2, 3. Throws std::invalid_argument.
std::vector<int> parse_cpus(const std::string& list);

// The cores this process may run on.
std::vector<int> allowed_cpus();

// Empty lists are chosen: the server gets the first core, the generator the last. Throws
// std::invalid_argument when a core is not there, or when server and generator would share one without
// `may_share`.
cpu_split split_cpus(std::vector<int> server, std::vector<int> generator, const std::vector<int>& allowed,
                     bool may_share);

// Pins the calling thread, and threads and processes that it starts from now on.
void pin_to(const std::vector<int>& cpus);

}  // namespace tvl::suite
