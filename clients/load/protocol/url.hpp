#pragma once
// Parses and resolves http://HOST[:PORT]/PATH or ws://...

#include <netinet/in.h>

#include <string>

namespace tvl::load {

struct url {
  std::string host;     // as given
  std::string address;  // numeric IPv4
  unsigned short port = 80;
  std::string target;  // path and query, at least "/"
  bool websocket = false;

  sockaddr_in endpoint() const;
};

// Throws bad_plan: not a URL, neither http nor ws, unknown host, or a host outside 127.0.0.0/8 without `allow_remote`.
url parse_url(const std::string& text, bool allow_remote);

}  // namespace tvl::load
