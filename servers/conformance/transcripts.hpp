#pragma once
// Required replies, byte for byte: a table run against a session alone (handler/session_test) and against every
// contestant over sockets (conformance/transcripts_test).

#include <string>
#include <vector>

namespace tvl::conformance {

struct step {
  std::string send;
  std::string expect;  // exactly these bytes, before the next step is sent
};

enum class ending {
  open,     // the connection stays open
  closed,   // closed after a whole request that asked for it
  refused,  // closed after a reply to no whole request
  silent,   // closed without a reply to the last bytes
};

struct transcript {
  std::string name;
  std::vector<step> steps;
  ending end = ending::open;
  bool in_pieces = true;     // false: the reply depends on a step's bytes arriving together
  bool half_closed = false;  // the reply comes after the client has shut down its side
  bool every_split = false;  // short and intricate: split at every position
  bool slow_reader = false;  // the reply is larger than the socket buffers

  std::size_t size() const;  // bytes sent
};

const std::vector<transcript>& transcripts();

// A request that shows that the connection is still open and in step.
const step& probe();

// The replies counted for `expect`: all but "100 Continue".
unsigned count_replies(const std::string& expect);
unsigned count_errors(const std::string& expect);

}  // namespace tvl::conformance
