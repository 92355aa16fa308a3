#pragma once
// Matches the deliveries of a broadcast load with its messages; no sockets, no clock.
// Times are steady_clock nanoseconds; members are numbered from 0.

#include "clients/load/point/histogram.hpp"

#include <boost/describe/class.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tvl::load {

// A delivery is one message that reaches one member. Counts deliveries of messages due in the window, whenever they
// arrive. Exact in every run: expected = received + lost + cut_off.
struct delivery_counts {
  std::uint64_t expected = 0;    // messages sent x members, less the senders' own if the server skips them
  std::uint64_t received = 0;    // first arrivals
  std::uint64_t lost = 0;        // never arrived at a member that stayed connected
  std::uint64_t cut_off = 0;     // not arrived at a member when its connection ended
  std::uint64_t duplicates = 0;  // repeated arrivals at the same member
  std::uint64_t unknown = 0;     // messages that were not sent in this run, warm-up included: nobody asked for them
};
BOOST_DESCRIBE_STRUCT(delivery_counts, (), (expected, received, lost, cut_off, duplicates, unknown))

class room_ledger {
 public:
  explicit room_ledger(std::size_t members) : members_(members) {}

  // Returns the payload of the next message: its sequence number and due time. After the first counted message all are.
  std::string send(std::size_t sender, std::int64_t due, bool counted);
  void receive(std::size_t member, std::string_view payload, std::int64_t now);
  // Messages that arrived before the first one was sent, such as a greeting.
  void add_unknown(std::uint64_t messages) { unknown_ += messages; }
  void closed(std::size_t member) { members_[member].closed = true; }

  delivery_counts tally() const;
  // The server has delivered at least one message to its sender.
  bool sender_included() const { return sender_included_; }
  const histogram& delivery() const { return delivery_; }  // received minus due

 private:
  struct message {
    std::int64_t due;
    std::size_t sender;
  };
  struct member {
    std::uint64_t sent = 0;      // counted messages
    std::uint64_t received = 0;  // counted messages
    std::vector<bool> seen;      // by sequence number, from the first counted message
    bool closed = false;
  };
  static std::optional<std::pair<std::uint64_t, std::int64_t>> parse(std::string_view payload);

  std::vector<member> members_;
  std::vector<message> messages_;  // by sequence number
  std::optional<std::size_t> first_counted_;
  std::uint64_t duplicates_ = 0;
  std::uint64_t unknown_ = 0;
  bool sender_included_ = false;
  histogram delivery_;
};

}  // namespace tvl::load
