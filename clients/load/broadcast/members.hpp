#pragma once
// The WebSocket connections of a room's members. Received messages go to a ledger; a message is sent by the next member
// whose socket is writable. Not thread-safe.

#include "clients/load/base/descriptor.hpp"
#include "clients/load/broadcast/broadcast.hpp"
#include "clients/load/broadcast/delivery_ledger.hpp"
#include "clients/load/plan/plan.hpp"
#include "clients/load/protocol/url.hpp"
#include "clients/load/protocol/websocket_frames.hpp"
#include "clients/load/protocol/websocket_upgrade.hpp"

#include <netinet/in.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <random>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace tvl::load {

class room_members {
 public:
  // The first target's headers are sent in the upgrade requests. Throws bad_plan: not ws://, or not a header.
  room_members(const plan&, std::stop_token);

  // Opens all connections, at most 256 at once, and waits up to timeout_s until each has joined or failed.
  // Throws bad_plan: none joined.
  void join();
  // Numbers the joined members for `ledger`, which receives their messages from now on.
  void begin(room_ledger& ledger);

  // Handles socket events; waits for them until `until`, or not at all with `spin`. Returns how many there were.
  int poll(std::int64_t until, bool spin);
  // The number of the next member in turn that can send; empty = no socket is writable.
  std::optional<std::size_t> next_sender();
  void send(std::size_t number, std::string_view text);
  void close_all();  // sends a close frame to every member

  const member_counts& counts() const { return counts_; }
  // The causes in words, empty = none: why the first of those that failed did not join, and why the first of those that
  // closed lost its connection.
  const std::string& join_error() const { return join_error_; }
  const std::string& loss() const { return loss_; }

 private:
  struct member {
    enum class state : unsigned char { connecting, upgrading, joined, closed };

    descriptor socket;
    state now = state::closed;
    std::size_t number = 0;  // in the ledger
    std::string unsent;      // bytes that did not fit into the socket yet
    upgrade_reader upgrade;
    frame_reader frames;
  };
  using state = member::state;

  void ready(member&, std::uint32_t events);
  void open_some();
  void open(std::size_t);
  void connected(member&);
  void upgraded(member&, std::string_view& bytes);
  void settle() { --joining_; }
  void leave(member&, const std::string& reason);

  void receive(member&, bool hang_up);
  static std::string end_of(const member&);
  void read(member&, std::string_view bytes, std::int64_t now);
  void write(member&, std::string_view bytes);
  void write_rest(member&);

  const plan& plan_;
  const std::stop_token stop_;
  const url url_;
  const socket_address server_;
  const upgrade_offer offer_;
  descriptor epoll_;
  std::vector<char> buffer_;
  incoming incoming_;
  std::mt19937 masks_;

  std::vector<member> members_;
  std::size_t opened_ = 0;
  int joining_ = 0;
  std::string join_error_, loss_;
  std::uint64_t early_ = 0;  // messages before the ledger began

  room_ledger* ledger_ = nullptr;  // none = still joining
  std::vector<member*> in_turn_;   // joined members
  std::size_t turn_ = 0;
  member_counts counts_;
};

}  // namespace tvl::load
