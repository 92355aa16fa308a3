#pragma once
// The limits of a machine that can be mistaken for those of a model: what each allows, and the line that raises it.

#include "bench/machine/proc_files.hpp"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tvl::suite {

struct limit {
  std::string name;                    // as the kernel calls it: "kernel.pid_max"
  std::optional<std::uint64_t> value;  // in the unit that `what` names; `unlimited`; empty = cannot be read here
  std::string what;                    // is limited: "thread and process ids of the machine"
  std::string arithmetic = "";         // from the value to the two below, or what else it does; may be empty
  std::optional<std::uint64_t> connections = std::nullopt;  // that it allows, from one source address
  std::optional<std::uint64_t> threads = std::nullopt;      // that it allows beside those which run now
  std::string raise = "";    // a shell line that makes room for what was wanted; empty = there is room, or no such line
  bool sure = true;          // false = an estimate, or true under conditions that cannot be seen from here
  bool per_source = false;   // each further source address brings as many connections again
  bool per_process = false;  // so does each further process of the server
};

// All of them, what binds first comes first. `wanted` connections, one thread each, are what `raise` makes room for.
std::vector<limit> read_limits(const machine_files&, std::uint64_t wanted = 1'000'000);

// Of which limit there is least; null when none is known.
const limit* tightest_for_connections(const std::vector<limit>&);
const limit* tightest_for_threads(const std::vector<limit>&);

// What a point needs of the machine.
struct need {
  std::uint64_t connections = 0;
  std::uint64_t threads = 0;
  std::uint64_t sources = 1;    // addresses that the connections come from
  std::uint64_t processes = 1;  // of the server, which share the connections
};

// Why a point cannot be measured here: one line that names the limit; empty = it can. Estimates forbid nothing.
std::string why_not(const std::vector<limit>&, const need&);

// Every limit that lacks room for it, estimates too; the tightest first.
std::vector<limit> too_low_for(const std::vector<limit>&, const need&);

// {name: value, ...}: null = cannot be read, "unlimited" as text.
nlohmann::json values_of(const std::vector<limit>&);

}  // namespace tvl::suite
