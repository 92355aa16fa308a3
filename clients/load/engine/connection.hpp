#pragma once
// One connection slot of the generator: a socket that is opened again whenever it ends, and the request on it.

#include "clients/load/protocol/http_reply_reader.hpp"
#include "clients/load/protocol/websocket_frames.hpp"

#include <cstdint>

namespace tvl::load {

struct connection {
  enum class state : unsigned char {
    closed,      // no socket; opened again at `retry_at`
    connecting,  // connect() is under way
    upgrading,   // established, becoming a WebSocket
    free,        // established, no request on it
    waiting,     // a request is sent, in part or in whole, and its reply is awaited
  };

  int socket = -1;
  state now = state::closed;
  std::uint16_t target = 0;    // of the request at hand
  bool pending = false;        // closed loop: a request is due at `due` and not sent
  bool settled = false;        // its first connect() has ended, one way or the other
  bool unserved = false;       // joined by a change of the plan, and has had no ok reply since
  std::uint32_t unsent = 0;    // bytes of the request that did not fit into the socket yet
  std::uint32_t failures = 0;  // connects that failed in a row
  std::uint64_t served = 0;    // replies on this socket
  std::uint64_t replies = 0;   // replies on this slot in the window
  std::int64_t due = 0;        // of the request at hand; steady_clock nanoseconds, like the others
  std::int64_t sent = 0;       // when connecting: when connect() was called
  std::int64_t retry_at = 0;
  std::uint32_t life = 0;  // how many sockets this slot has had
  reply_reader reader;
  frame_reader frames;     // of a WebSocket
  upgrade_reader upgrade;  // of a connection that becomes one
};

}  // namespace tvl::load
