#pragma once
// Broadcast load: the members of a room are WebSocket connections. Each message is sent to the server once and should
// be delivered to every member. Open loop: messages are due by a schedule; members take turns to send.
//
//   tvl::load::plan p; p.url = "ws://127.0.0.1:8080/ws/room"; p.connections = 100; p.rate = 50;
//   tvl::load::room_result result = tvl::load::run_room(p);
//
// Messages due in the window count; their deliveries are awaited for up to 2 s after it.

#include "clients/load/base/bad_plan.hpp"
#include "clients/load/broadcast/delivery_ledger.hpp"
#include "clients/load/meter/watcher.hpp"
#include "clients/load/plan/plan.hpp"
#include "clients/load/point/histogram.hpp"
#include "clients/load/point/point.hpp"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tvl::load {

// Exact in every run: asked = joined + failed, closed <= joined. Members do not reconnect.
struct member_counts {
  std::uint64_t asked = 0;
  std::uint64_t joined = 0;           // in the room when the first message fell due
  std::uint64_t failed = 0;           // not connected, refused, or disconnected before that
  std::uint64_t closed = 0;           // joined, and lost their connection before the end, whichever side ended it
  std::uint64_t protocol_errors = 0;  // of the closed: the server sent bytes that are not WebSocket
};
BOOST_DESCRIBE_STRUCT(member_counts, (), (asked, joined, failed, closed, protocol_errors))

// Exact in every run: scheduled = sent + unsent.
struct message_counts {
  std::uint64_t scheduled = 0;  // fell due in the window
  std::uint64_t sent = 0;       // of these, written to a member's socket, in whole or in part
  std::uint64_t unsent = 0;     // of these, not sent: no member's socket was writable
};
BOOST_DESCRIBE_STRUCT(message_counts, (), (scheduled, sent, unsent))

struct room_result {
  plan asked;
  std::string started;       // ISO-8601 UTC, when the members began to join
  double window_s = 0;       // actual length
  bool interrupted = false;  // stopped before the window's end; the results cover the time until then
  member_counts members;
  std::string join_error, loss;  // causes in words: see members.hpp
  message_counts messages;
  delivery_counts deliveries;
  std::optional<double> reach;   // deliveries received / expected, closed members included
  bool sender_included = false;  // the server delivers a message to its sender too, so that delivery is expected
  histogram delivery;            // received minus due
  histogram lag;                 // sent minus due
  std::optional<double> generator_cpu_share;  // of one core, in the window
  // Over the window, from the watcher's meters. Per-request figures are empty: one message has many deliveries.
  server_cost server;
  std::optional<double> server_cpu_us_per_delivery;  // received
  std::vector<std::optional<double>> services_cpu_share;
  host_cost host;
};
// The object "room" of its point, whose other members hold the rest.
BOOST_DESCRIBE_STRUCT(room_result, (),
                      (members, messages, deliveries, reach, sender_included, server_cpu_us_per_delivery))

// Uses of the plan: url (ws://), the first target's headers, connections = members, sources, rate, arrivals, idle,
// warmup_s, seconds, timeout_s (to join), seed, allow_remote; the generator runs on the first of `cpus`. Ignores the
// watcher's each_second, start, over. Throws bad_plan: for what run() throws it, not ws://, no rate, no member could
// join.
room_result run_room(const plan&, const watcher& = {});

// A point of schema 1 in which requests are messages and replies are deliveries: throughput is deliveries received per
// second, latency.response the time from a message's due time to each delivery, rate_ratio messages sent / scheduled.
// The object "room" has {members, messages, deliveries, reach, sender_included, server_cpu_us_per_delivery}.
nlohmann::json room_point(const room_result&);

}  // namespace tvl::load
