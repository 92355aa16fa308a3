#pragma once
// The hosts that a load comes from.

#include <string>
#include <vector>

namespace tvl::load {

struct load_hosts {
  std::vector<std::string> names;  // one per generator process; empty = the load comes from this machine
  std::string launcher = "ssh";    // called as LAUNCHER HOST COMMAND
  std::string network;             // of the control traffic, e.g. 10.77.0.0/24
  bool allow_root = false;         // start processes as root
  std::string probe = {};          // host of the probe; empty = none
  double probe_rate = 100;         // requests a second

  // That of each process, the probe's last.
  std::vector<std::string> of_all_processes() const;
};

// "load1,load2:4" has one process on load1 and four on load2. Throws bad_plan: an empty name, one that is not a host's
// or is given twice, a number below 1 or above 1000.
std::vector<std::string> parse_hosts(const std::string& text);

// Throws bad_plan: the probe is on no host, or on one of the others, which would delay its requests.
void check_probe(const load_hosts&);

// Asks every host for its tvl-load-rank, all at once. Throws bad_plan that names the first host that cannot start it
// within 15 s, has another version, or no interface in the network; so must this one.
void check_hosts(const load_hosts&, const std::string& rank_program);

}  // namespace tvl::load
