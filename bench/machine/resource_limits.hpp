#pragma once
// Resource limits of a machine that could be mistaken for those of a concurrency model: what each allows, and the
// command that raises it.

#include "bench/machine/proc_files.hpp"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tvl::suite {

struct limit {
  std::string name;                    // the kernel's name: "kernel.pid_max"
  std::optional<std::uint64_t> value;  // in the unit of `what`; `unlimited`; empty = cannot be read
  std::string what;                    // the limited resource: "thread and process ids of the machine"
  std::string arithmetic = "";         // how the two below follow from the value, or its other effect; may be empty
  std::optional<std::uint64_t> connections = std::nullopt;  // allowed from one source address
  std::optional<std::uint64_t> threads = std::nullopt;      // allowed in addition to those that run now
  std::string raise = "";    // shell command that raises it to the wanted number; empty = high enough, or impossible
  bool sure = true;          // false = an estimate, or it depends on unknown conditions
  bool per_source = false;   // applies to each source address
  bool per_process = false;  // applies to each process of the server
};

// All limits, the tightest first. `raise` allows `wanted` connections with a thread each.
std::vector<limit> read_limits(const machine_files&, std::uint64_t wanted = 1'000'000);

// The lowest limit; null when none is known.
const limit* tightest_for_connections(const std::vector<limit>&);
const limit* tightest_for_threads(const std::vector<limit>&);

// The resources that a point needs.
struct need {
  std::uint64_t connections = 0;
  std::uint64_t threads = 0;
  std::uint64_t sources = 1;    // source addresses of the connections
  std::uint64_t processes = 1;  // of the server, which divide the connections
};

// One line that names the limit which forbids the point; empty = none does. Ignores estimates.
std::string why_not(const std::vector<limit>&, const need&);

// Every limit that is too low, estimates included; the tightest first.
std::vector<limit> too_low_for(const std::vector<limit>&, const need&);

// {name: value, ...}: null = cannot be read, "unlimited" as a string.
nlohmann::json values_of(const std::vector<limit>&);

}  // namespace tvl::suite
