#pragma once
// One WebSocket, by Boost.Beast: independent of the frame code of clients/load.

#include <chrono>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>

namespace tvl::suite {

// what() is one line.
struct websocket_failed : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class websocket_client {
 public:
  // Performs the handshake at an http:// URL. `limit` is per step. All members throw websocket_failed.
  websocket_client(const std::string& url, std::chrono::milliseconds limit);
  ~websocket_client();

  void send(const std::string& text);
  // The next message; none = it did not come within `patience`, and can still be received.
  std::optional<std::string> receive(std::chrono::milliseconds patience);
  void close();  // with the closing handshake; not while a message is awaited

 private:
  struct connection;
  std::unique_ptr<connection> connection_;
};

}  // namespace tvl::suite
