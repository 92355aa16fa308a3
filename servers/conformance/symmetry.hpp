#pragma once
// Twins do the same work: one script of clients is played against each of them, and all that can be counted of it has
// to be equal.

#include "servers/conformance/launch.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace tvl::conformance {

struct observation {
  // What each of the script's connections received, in the script's order.
  std::vector<std::string> received;
  // The server's own, from its last line.
  nlohmann::json counters;
};

// What of the script not every server offers.
struct script_parts {
  bool websockets = true;
  bool rooms = true;
};

// Plays the script against a new process of the server. What goes wrong on the way, and counters that are not what the
// clients have seen, are failures of the running test.
observation play_script(const launch&, const script_parts&);

// A line for each thing that is not the same.
std::vector<std::string> differences(const observation& one, const service_result& other);

}  // namespace tvl::conformance
