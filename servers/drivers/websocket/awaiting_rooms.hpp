#pragma once
// The rooms of a process as one of its loops sees them: the members that live on this loop, for its thread alone. A
// message crosses to the other loops, if there are any, with one post to each, however many members it has there. All
// members get the messages of one sender in the order in which they were sent; those of senders on different loops may
// arrive in different orders. Nobody hears what a member had heard before he joined.

#include "servers/drivers/loop_notifier.hpp"
#include "servers/drivers/websocket/awaiting_send_queue.hpp"
#include "servers/drivers/websocket/server_frame.hpp"

#include <cstdint>
#include <memory>
#include <unordered_map>
#include <vector>

namespace tvl::waits::awaiting {

class rooms {
  struct table {
    void deliver(std::uint64_t number, const frame& message) const;

    std::unordered_map<std::uint64_t, std::vector<send_queue*>> members;
  };
  class loops;

 public:
  // Ends with the object, which goes before the send_queue and may outlive the rooms: coroutines do, when a loop is
  // stopped.
  class membership {
   public:
    membership(const rooms&, std::uint64_t number, send_queue&);
    ~membership();
    membership(const membership&) = delete;
    membership& operator=(const membership&) = delete;

    // To all in the room, itself included.
    void send(const frame& message);

   private:
    const std::shared_ptr<table> here_;
    const std::shared_ptr<loops> all_;
    const std::uint64_t number_;
    send_queue& send_queue_;
  };

  // Of the loop that the loop_notifier is of, which outlives them.
  explicit rooms(const loop_notifier&);
  ~rooms();
  rooms(const rooms&) = delete;
  rooms& operator=(const rooms&) = delete;

  std::unique_ptr<membership> join(std::uint64_t number, const std::shared_ptr<send_queue>& o) const {
    return std::make_unique<membership>(*this, number, *o);
  }

 private:
  const std::shared_ptr<table> here_ = std::make_shared<table>();
  const std::shared_ptr<loops> all_;
};

}  // namespace tvl::waits::awaiting
