#pragma once
// A WebSocket client for tests; the test writes its frames byte for byte.

#include "servers/conformance/websocket_transcripts.hpp"
#include "servers/testing/http_client.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace tvl::conformance {

class websocket_client : public client {
 public:
  // Does the handshake.
  websocket_client(unsigned short port, std::string_view target) : client(port) {
    EXPECT_TRUE(send(upgrade_request(target)));
    receive(upgrade_reply().size());
    EXPECT_EQ(take(), upgrade_reply());
  }

  void say(std::string_view payload) { EXPECT_TRUE(send(client_message(text, payload))); }
  // Exactly these frames come next.
  void expect(const std::string& frames) {
    receive(frames.size());
    EXPECT_EQ(take(), frames);
  }
  // Waits until so many messages have arrived since the last take().
  std::vector<std::string> receive_messages(std::size_t count) {
    std::string frames;
    std::vector<std::string> all;
    while (all.size() < count && receive(1)) {
      frames += take();
      all = messages_in(frames);
    }
    return all;
  }
  // Closing handshake begun by the client.
  void close(std::uint16_t code = 1000) {
    EXPECT_TRUE(send(client_message(closing, close_payload(code))));
    receive_to_end();
    EXPECT_TRUE(take().ends_with(server_message(closing, close_payload(code))));
    hang_up();
  }
  // Closing handshake begun by the server.
  void expect_close(std::uint16_t code) {
    const auto frame = server_message(closing, close_payload(code));
    receive(frame.size());
    EXPECT_EQ(take(), frame);
    EXPECT_TRUE(send(client_message(closing, close_payload(code))));
    EXPECT_TRUE(receive_to_end());
    EXPECT_EQ(take(), "");
    hang_up();
  }
};

}  // namespace tvl::conformance
