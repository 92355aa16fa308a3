#pragma once
// What became of the populations beside the active connections, inside one window.

#include <boost/describe/class.hpp>

#include <cstdint>
#include <optional>

namespace tvl::load {

// Requests begun before the window and replied to in it count as its replies; a request that the window's end cuts off
// counts by its bytes alone.
struct background_group_counts {
  std::uint64_t asked = 0;          // connections that are to be open all the time
  std::uint64_t established = 0;    // open at the same time, at the most; the server may not have accepted all yet
  std::uint64_t failed = 0;         // connect attempts that failed, or were not upgraded to WebSocket
  std::uint64_t lost = 0;           // open connections that the server ended: closed, reset, said `Connection: close`,
                                    // or answered what was not asked; each is opened again after a back-off
  std::uint64_t replies = 0;        // whole 2xx replies to whole requests; of idle WebSockets: messages they are sent
  std::uint64_t status_errors = 0;  // whole replies with another status: 408 from a server that lost patience
  std::uint64_t protocol_errors = 0;  // replies that were not HTTP, were cut off, or that nobody had asked for; the
                                      // connection is lost, too
  std::uint64_t bytes_sent = 0;
  std::uint64_t bytes_received = 0;
};
BOOST_DESCRIBE_STRUCT(background_group_counts, (),
                      (asked, established, failed, lost, replies, status_errors, protocol_errors, bytes_sent,
                       bytes_received))

struct background_counts {
  std::optional<background_group_counts> idle, idle_websockets, greedy, slow_senders,
      slow_readers;  // none = not asked for
  double cpu_s = 0;  // CPU time of the crowd's thread in the window
};
BOOST_DESCRIBE_STRUCT(background_counts, (), (idle, idle_websockets, greedy, slow_senders, slow_readers, cpu_s))

}  // namespace tvl::load
