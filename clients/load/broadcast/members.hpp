#pragma once
// The members of a room as connections: they join, each message that comes goes to a ledger, and what is to be sent
// goes out through one whose socket takes it. One thread at a time.

#include "clients/load/base/descriptor.hpp"
#include "clients/load/broadcast/broadcast.hpp"
#include "clients/load/broadcast/delivery_ledger.hpp"
#include "clients/load/plan/plan.hpp"
#include "clients/load/protocol/url.hpp"
#include "clients/load/protocol/websocket_frames.hpp"

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
  // Throws bad_plan: not ws://.
  room_members(const plan&, std::stop_token);

  // Opens all connections, at most 256 at once, and waits for up to timeout_s until each has joined or failed.
  // Throws bad_plan: nobody could.
  void join();
  // Who joined is numbered in `ledger` from now on, which gets what comes.
  void begin(room_ledger& ledger);

  // Waits for sockets until `until` at the latest, or only looks at them; returns how many had something.
  int poll(std::int64_t until, bool spin);
  // The next in turn that can send, by its number; none = nobody's socket takes anything.
  std::optional<std::size_t> next_sender();
  void send(std::size_t number, std::string_view text);
  void say_goodbye();

  const member_counts& counts() const { return counts_; }

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
  void read(member&, std::string_view bytes, std::int64_t now);
  void write(member&, std::string_view bytes);
  void write_rest(member&);

  const plan& plan_;
  const std::stop_token stop_;
  const url url_;
  const sockaddr_in server_;
  const std::string request_, accept_;
  descriptor epoll_;
  std::vector<char> buffer_;
  incoming incoming_;
  std::mt19937 masks_;

  std::vector<member> members_;
  std::size_t opened_ = 0;
  int joining_ = 0;
  std::string why_not_;  // the last member that could not join

  room_ledger* ledger_ = nullptr;  // none = still joining
  std::vector<member*> in_turn_;   // who joined
  std::size_t turn_ = 0;
  member_counts counts_;
};

}  // namespace tvl::load
