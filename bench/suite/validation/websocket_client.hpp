#pragma once
// Single WebSockets through Boost.Beast: independent of our own frames, see http_client.hpp.

#include <chrono>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>

namespace tvl::suite {

// What came instead of what was asked for, as one line.
struct websocket_failed : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class websocket_client {
 public:
  // The handshake at an http:// URL. `limit` is of every step. All of these throw websocket_failed.
  websocket_client(const std::string& url, std::chrono::milliseconds limit);
  ~websocket_client();

  void send(const std::string& text);
  // The next message; none = it did not come within this time, and may still be received.
  std::optional<std::string> receive(std::chrono::milliseconds patience);
  void close();  // in order, with the server's answer; nothing may be awaited any more

 private:
  struct connection;
  std::unique_ptr<connection> connection_;
};

}  // namespace tvl::suite
