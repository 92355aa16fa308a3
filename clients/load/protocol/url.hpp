#pragma once
// Parses and resolves http://[USER:PASSWORD@]HOST[:PORT]/PATH (RFC 3986) and unix:/SOCKET[:/PATH] (as nginx writes it),
// or ws://... and ws+unix:... for WebSockets.

#include "clients/load/base/socket_address.hpp"

#include <string>
#include <vector>

namespace tvl::load {

struct url {
  std::string host;                       // in lower case, an IPv6 literal in brackets; of a Unix socket: localhost
  std::string address;                    // of endpoint(), as text
  std::vector<socket_address> addresses;  // of the host, IPv4 first; at least one
  unsigned short port = 80;
  std::string target;         // path and query, at least "/"; as given, without the fragment
  std::string authorization;  // the field's value for USER:PASSWORD; empty = none
  bool websocket = false;

  const socket_address& endpoint() const { return addresses.front(); }
  // Of several addresses puts the first that accepts a connection in front; unchanged if none does.
  void choose_address();
  // The value of the Host field. A Unix socket and port 80 have no port there.
  std::string host_field() const;
};

// Throws bad_plan: not a URL, another scheme, unknown host, or a host outside 127.0.0.0/8 and ::1 without
// `allow_remote`. Of a name's addresses only the local ones count without `allow_remote`.
url parse_url(const std::string& text, bool allow_remote);

// unix:... or ws+unix:...
bool is_unix_socket(const std::string& text);

// The URL of `path` at a server: `base` is http://HOST[:PORT] or unix:/SOCKET[:].
std::string url_at(const std::string& base, const std::string& path);

// The same server's URL for WebSockets: http://... becomes ws://..., unix:... becomes ws+unix:...
std::string as_websocket(const std::string& text);

// USER:PASSWORD as "***". For results and messages.
std::string without_password(const std::string& text);

// Refuses white space and control characters in the target of a request, which would end its line. `text` = what the
// message quotes. Throws bad_plan.
void check_printable(const std::string& text);

}  // namespace tvl::load
