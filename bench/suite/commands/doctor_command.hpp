#pragma once
// tvl-suite doctor: the limits of this machine, which one binds first, and how to raise it.
//
//   tvl-suite doctor --connections 50000

#include "bench/machine/host_noise.hpp"
#include "bench/machine/resource_limits.hpp"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

namespace tvl::suite {

struct diagnosis {
  std::vector<limit> limits;  // tightest first
  std::vector<host_fact> facts;
  std::optional<std::uint64_t> asked;  // --connections
  // Those of `limits` that are too low for these connections with one thread each; estimates included.
  std::vector<limit> too_low;

  bool fits() const { return too_low.empty(); }
};

diagnosis diagnose(const machine_files&, std::optional<std::uint64_t> asked);

void print(const diagnosis&, std::ostream&, bool colours);
nlohmann::json to_json(const diagnosis&);

// argv[0] is the program or "doctor". Returns the exit code: 0, or 1 when the connections asked for do not fit.
// Throws bad_input.
int run_doctor(int argc, char** argv);

}  // namespace tvl::suite
