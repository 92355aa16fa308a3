#pragma once
// Whether a request asks to turn its connection into a WebSocket, as RFC 6455 4.2.1 wants it asked.

#include "servers/handler/routes.hpp"

#include <boost/beast/http/field.hpp>

#include <string>
#include <string_view>

namespace tvl::handler {

bool leads_to_websocket(const route&);

class handshake {
 public:
  // One field of the request; those that say nothing about it are passed over.
  void take(boost::beast::http::field name, std::string_view value);
  // The route with the key in its plan's `text`; 426 when the request asks for no WebSocket, or for another version of
  // it, 400 for a key that is none. `get`: the request line is that of a GET in HTTP/1.1.
  route judge(route, bool get);

 private:
  bool upgrade_ = false;     // Upgrade: websocket
  bool connection_ = false;  // Connection: Upgrade
  bool version_ = false;     // Sec-WebSocket-Version: 13
  unsigned keys_ = 0;
  std::string key_;
};

}  // namespace tvl::handler
