#pragma once
// Chat rooms of a process as seen by one of its loops: the members on this loop, for its thread only. A message is
// posted once to each other loop, however many members it has there. Messages of one sender arrive in order; those of
// senders on different loops may arrive in different orders. A new member receives no message that another member had
// received before it joined.

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
  // Ends with the object. Destroy it before its queue; it may outlive the rooms, as coroutines do when a loop is
  // stopped.
  class membership {
   public:
    membership(const rooms&, std::uint64_t number, send_queue&);
    ~membership();
    membership(const membership&) = delete;
    membership& operator=(const membership&) = delete;

    // To all members including the sender.
    void send(const frame& message);

   private:
    const std::shared_ptr<table> here_;
    const std::shared_ptr<loops> all_;
    const std::uint64_t number_;
    send_queue& send_queue_;
  };

  // For members on the notifier's loop; both outlive the rooms.
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
