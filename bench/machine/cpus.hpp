#pragma once
// Assigns cores to the server and the generator.

#include <sys/types.h>

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

// The affinity mask of this process (pid 0) or of another one's first thread. Empty when there is no such process.
std::vector<int> allowed_cpus(pid_t pid = 0);

// Defaults for empty lists: the first core for the server, the last for the generator. Throws std::invalid_argument
// when a core does not exist, or when server and generator would share one without `may_share`.
cpu_split split_cpus(std::vector<int> server, std::vector<int> generator, const std::vector<int>& allowed,
                     bool may_share);

// The cores of server, generator and services, each once: what others do elsewhere does not disturb.
std::vector<int> measured_cpus(const cpu_split&, const std::vector<int>& services);

// Pins the calling thread and the threads and processes that it starts from now on. Throws std::system_error, e.g. in a
// container that forbids it.
void pin_to(const std::vector<int>& cpus);

}  // namespace tvl::suite
