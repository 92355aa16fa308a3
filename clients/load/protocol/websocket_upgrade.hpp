#pragma once
// The opening handshake of a WebSocket client (RFC 6455 4) without I/O. No extensions.

#include "clients/load/protocol/url.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace tvl::load {

// An upgrade request, and what may answer it.
struct upgrade_offer {
  std::string request;                 // its bytes
  std::string accept;                  // the right Sec-WebSocket-Accept
  std::vector<std::string> protocols;  // subprotocols, of which the server may choose one

  bool empty() const { return request.empty(); }
};

// The key is the same on all connections: a random one protects proxies (RFC 6455 10.3), which loopback does not have.
// A line of `headers`, "Name: value", replaces the generated field of its name, whatever the case of its letters; those
// of other names are added in their order. Throws bad_plan: a line of another form, or one that offers an extension.
upgrade_offer offer_upgrade(const url&, std::string_view target, const std::vector<std::string>& headers = {});
// Without those that describe a request's body or its connection: headers of HTTP requests, for an upgrade beside them.
std::vector<std::string> without_framing(std::vector<std::string> headers);
// The Sec-WebSocket-Accept value for `key`.
std::string accept_of(std::string_view key);

// The cause of a failure when the connection ends before the answer is whole.
inline constexpr char upgrade_unanswered[] = "the server closed the connection before it answered the upgrade";

// Reads the answer to an upgrade request. Allocates only while it is split over several reads.
class upgrade_reader {
 public:
  // refused: a whole HTTP header with a status that is not 101. bad: an answer that is not HTTP, or 101 without what
  // has to come with it.
  enum class result { need_more, accepted, refused, bad };

  // Consumes `input` up to the end of the answer's header; frames follow an accepted one. Interim answers (100, 103)
  // are skipped. `cause`: of refused and bad, in words.
  result read(std::string_view& input, const upgrade_offer&, std::string& cause);
  void reset() { partial_.reset(); }

 private:
  std::unique_ptr<std::string> partial_;
};

}  // namespace tvl::load
