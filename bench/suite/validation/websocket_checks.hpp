#pragma once
// Checks of WebSocket endpoints.

#include "bench/suite/validation/subject.hpp"

#include <string>
#include <vector>

namespace tvl::suite {

// `endpoint` is ws_echo or ws_room, and offered. A plain GET gets 426; ws_echo returns the message; ws_room delivers it
// to the other member.
std::vector<check> check_websocket(const std::string& endpoint, subject&);

}  // namespace tvl::suite
