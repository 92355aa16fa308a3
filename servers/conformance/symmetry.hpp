#pragma once
// Symmetry of counterparts: the same script of clients is played against each, and all counters and replies have to be
// equal.

#include "servers/conformance/launch.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace tvl::conformance {

struct observation {
  // Bytes received by each connection, in the script's order.
  std::vector<std::string> received;
  // From the server's last line.
  nlohmann::json counters;
};

// Parts of the script that not every server supports.
struct script_parts {
  bool websockets = true;
  bool rooms = true;
};

// Plays the script against a new process of the server. Errors, and counters that differ from what the clients saw,
// fail the running test.
observation play_script(const launch&, const script_parts&);

// One line per difference.
std::vector<std::string> differences(const observation& one, const observation& other);

}  // namespace tvl::conformance
