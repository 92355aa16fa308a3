#pragma once
// What every server must answer, byte for byte: one table, run against a session alone (handler/session_test) and
// against every contestant over real sockets (conformance/transcripts_test).

#include <string>
#include <vector>

namespace tvl::conformance {

struct step {
  std::string send;
  std::string expect;  // exactly these bytes, before the next step is sent
};

enum class ending {
  open,     // the connection takes further requests
  closed,   // a whole request was answered and the connection ended, as it asked
  refused,  // the last reply is to something that was no whole request, and the connection ended
  silent,   // the connection ended without a reply to its last bytes
};

struct transcript {
  std::string name;
  std::vector<step> steps;
  ending end = ending::open;
  bool in_pieces = true;     // false: what is expected depends on the bytes of a step arriving together
  bool half_closed = false;  // the client has to end its input before the reply can come
  bool every_split = false;  // short and intricate: split at each position
  bool slow_reader = false;  // the reply is larger than the socket buffers

  std::size_t size() const;  // bytes to be sent
};

const std::vector<transcript>& transcripts();

// The request that shows that a connection is still open and in step.
const step& probe();

// What the server must have counted for `expect`: every reply but "100 Continue".
unsigned count_replies(const std::string& expect);
unsigned count_errors(const std::string& expect);

}  // namespace tvl::conformance
