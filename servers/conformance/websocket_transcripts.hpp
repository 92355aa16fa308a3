#pragma once
// What every WebSocket server of ours must say on /ws/echo, byte for byte: one table, run against every contestant
// (conformance/websocket_test). The handshake comes before each of these; requests that are none are among the HTTP
// transcripts.

#include "servers/conformance/transcripts.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tvl::conformance {

enum class websocket_ending {
  open,    // the connection takes further messages
  closed,  // the closing handshake took place, and the server ended the connection
  failed,  // the server said why it ends the connection, and did
  lost,    // the client's side ended without a closing handshake, so the server just ended the connection
};

struct websocket_transcript {
  std::string name;
  std::vector<step> steps;
  websocket_ending end = websocket_ending::open;
  bool every_split = false;  // short and intricate: split at each position

  std::size_t size() const;  // bytes to be sent
};

const std::vector<websocket_transcript>& websocket_transcripts();

// The request for a WebSocket, and the reply to it.
std::string upgrade_request(std::string_view target, std::string_view fields = {});
const std::string& upgrade_reply();

enum : unsigned char { continuation = 0, text = 1, binary = 2, closing = 8, ping = 9, pong = 10 };

// A client's frame, masked. `first` is the whole first byte: opcode, and 0x80 for the last frame of its message.
std::string client_frame(unsigned char first, std::string_view payload);
inline std::string client_message(unsigned char opcode, std::string_view payload) {
  return client_frame(static_cast<unsigned char>(0x80 | opcode), payload);
}
// A server's, which is always whole.
std::string server_message(unsigned char opcode, std::string_view payload);
// The payload of a close frame.
std::string close_payload(std::uint16_t code, std::string_view reason = {});

// The messages among the whole frames that a server sent, in order; control frames are left out.
std::vector<std::string> messages_in(std::string_view frames);

}  // namespace tvl::conformance
