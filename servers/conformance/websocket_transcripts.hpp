#pragma once
// Required frames on /ws/echo, byte for byte: a table run against every contestant (conformance/websocket_test). The
// handshake precedes each; failing handshakes are in the HTTP transcripts.

#include "servers/conformance/transcripts.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tvl::conformance {

enum class websocket_ending {
  open,    // the connection stays open
  closed,  // closing handshake, then closed by the server
  failed,  // closed by the server with a reason
  lost,    // the client's side ended without a closing handshake, then closed
};

struct websocket_transcript {
  std::string name;
  std::vector<step> steps;
  websocket_ending end = websocket_ending::open;
  bool every_split = false;  // short and intricate: split at every position

  std::size_t size() const;  // bytes sent
};

const std::vector<websocket_transcript>& websocket_transcripts();

// The handshake's request and reply.
std::string upgrade_request(std::string_view target, std::string_view fields = {});
const std::string& upgrade_reply();

enum : unsigned char { continuation = 0, text = 1, binary = 2, closing = 8, ping = 9, pong = 10 };

// A client's frame, masked. `first` is its first byte: opcode, and 0x80 for the last frame of a message.
std::string client_frame(unsigned char first, std::string_view payload);
inline std::string client_message(unsigned char opcode, std::string_view payload) {
  return client_frame(static_cast<unsigned char>(0x80 | opcode), payload);
}
// A server's frame, always a whole message.
std::string server_message(unsigned char opcode, std::string_view payload);
// Payload of a close frame.
std::string close_payload(std::uint16_t code, std::string_view reason = {});

// The messages among a server's frames, in order; control frames are left out.
std::vector<std::string> messages_in(std::string_view frames);

}  // namespace tvl::conformance
