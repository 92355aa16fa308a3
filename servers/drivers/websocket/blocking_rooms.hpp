#pragma once
// Chat rooms of a process, for all its threads. A room's lock is held while a message is queued for its members, so
// that all receive all messages in the same order. Queueing never blocks.

#include "servers/drivers/websocket/blocking_send_queue.hpp"
#include "servers/drivers/websocket/server_frame.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

namespace tvl::waits::blocking {

class rooms {
  struct room {
    std::mutex mutex;
    std::vector<send_queue*> members;
    std::size_t users = 0;  // members, and threads about to join; under the lock of `rooms`
  };

 public:
  // Ends with the object. Destroy it before its queue.
  class membership {
   public:
    membership(rooms&, std::uint64_t number, send_queue&);
    ~membership();
    membership(const membership&) = delete;
    membership& operator=(const membership&) = delete;

    // To all members including the sender.
    void send(const frame& message);

   private:
    rooms& rooms_;
    const std::uint64_t number_;
    room& room_;
    send_queue& send_queue_;
  };

  std::unique_ptr<membership> join(std::uint64_t number, const std::shared_ptr<send_queue>& o) {
    return std::make_unique<membership>(*this, number, *o);
  }

 private:
  room& enter(std::uint64_t number);
  void leave(std::uint64_t number);

  std::mutex mutex_;
  std::map<std::uint64_t, room> rooms_;
};

}  // namespace tvl::waits::blocking
