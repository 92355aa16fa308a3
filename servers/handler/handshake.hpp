#pragma once
// WebSocket opening handshake: checks a request's fields (RFC 6455 4.2.1).

#include "servers/handler/routes.hpp"

#include <boost/beast/http/field.hpp>

#include <string>
#include <string_view>

namespace tvl::handler {

bool leads_to_websocket(const route&);

class handshake {
 public:
  // Takes one header field; unrelated fields are ignored.
  void take(boost::beast::http::field name, std::string_view value);
  // Returns the route with the key in its plan's `text`; 426 when the fields do not ask for WebSocket version 13, 400
  // for an invalid key. `get`: the request line is a GET in HTTP/1.1.
  route judge(route, bool get);

 private:
  bool upgrade_ = false;     // Upgrade: websocket
  bool connection_ = false;  // Connection: Upgrade
  bool version_ = false;     // Sec-WebSocket-Version: 13
  unsigned keys_ = 0;
  std::string key_;
};

}  // namespace tvl::handler
