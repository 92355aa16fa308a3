#pragma once
// Does a server's WebSocket do what its endpoint says?

#include "bench/suite/validation/subject.hpp"

#include <string>
#include <vector>

namespace tvl::suite {

// `endpoint` is ws_echo or ws_room, and offered. A plain GET is told to upgrade; an echo is the message that was sent;
// in a room the message comes to the other member.
std::vector<check> check_websocket(const std::string& endpoint, examinee&);

}  // namespace tvl::suite
