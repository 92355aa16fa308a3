#pragma once
// One connection slot of the generator: a socket that is reopened when it ends, and its current request.

#include "clients/load/protocol/http_reply_reader.hpp"
#include "clients/load/protocol/websocket_frames.hpp"
#include "clients/load/protocol/websocket_upgrade.hpp"

#include <cstdint>

namespace tvl::load {

struct connection {
  enum class state : unsigned char {
    closed,      // no socket; reopened at `retry_at`
    connecting,  // connect() is in progress
    upgrading,   // established, becoming a WebSocket
    free,        // established, no request
    waiting,     // a request is sent, in part or in whole, and its reply is awaited
    finishing,   // its reply has come; the rest of the request is sent, then the connection is replaced
  };

  int socket = -1;
  state now = state::closed;
  std::uint16_t target = 0;    // of the current request
  bool pending = false;        // closed loop: a request is due at `due` but not sent
  bool repeats = false;        // its request was sent and is sent again once the connection is open: see closed_early()
  bool settled = false;        // has warmed up, or failed once
  bool strange = false;        // WebSocket: another message than the echo has come since the request was sent
  bool unserved = false;       // opened by a storm or surge, without an ok reply since
  std::uint32_t unsent = 0;    // bytes of the request that did not fit into the socket yet
  std::uint32_t failures = 0;  // in a row, without a reply in between
  std::uint64_t served = 0;    // replies on this socket
  std::uint64_t replies = 0;   // replies on this slot in the window
  std::int64_t due = 0;        // of the current request; steady_clock nanoseconds, like the following
  std::int64_t sent = 0;       // while connecting: when connect() was called
  std::int64_t retry_at = 0;   // while closed; never = opened by a storm or surge
  std::uint32_t life = 0;      // number of sockets this slot has had
  reply_reader reader;
  frame_reader frames;     // of a WebSocket
  upgrade_reader upgrade;  // while upgrading
};

}  // namespace tvl::load
