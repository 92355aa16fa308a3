#pragma once
// What was counted of the background connections in one window.

#include <boost/describe/class.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace tvl::load {

// A reply in the window counts, even if its request began before it. A request that the window's end cuts off counts in
// bytes only.
struct background_group_counts {
  std::uint64_t asked = 0;          // connections that are to be open all the time
  std::uint64_t established = 0;    // highest number open at once; the server may not have accepted all
  std::uint64_t failed = 0;         // connect attempts that failed, or were not upgraded to WebSocket
  std::uint64_t lost = 0;           // open connections that the server ended: closed, reset, `Connection: close`, or an
                                    // unsolicited reply; each is opened again after a back-off
  std::uint64_t replies = 0;        // whole 2xx replies to whole requests; of idle WebSockets: messages received
  std::uint64_t status_errors = 0;  // whole replies with another status, such as 408
  std::uint64_t protocol_errors = 0;  // replies that were not HTTP, cut off or unsolicited; the connection counts as
                                      // lost, too
  std::uint64_t bytes_sent = 0;
  std::uint64_t bytes_received = 0;
  // Why the first of them failed or was lost, before the window too; in words.
  std::optional<std::string> first_error = {};
};
BOOST_DESCRIBE_STRUCT(background_group_counts, (),
                      (asked, established, failed, lost, replies, status_errors, protocol_errors, bytes_sent,
                       bytes_received, first_error))

struct background_counts {
  std::optional<background_group_counts> idle, idle_websockets, greedy, slow_senders, slow_readers,
      garbage;       // none = not asked for
  double cpu_s = 0;  // CPU time in the window of the thread that serves them
};
BOOST_DESCRIBE_STRUCT(background_counts, (),
                      (idle, idle_websockets, greedy, slow_senders, slow_readers, garbage, cpu_s))

}  // namespace tvl::load
