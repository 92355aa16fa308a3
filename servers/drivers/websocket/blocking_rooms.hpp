#pragma once
// The rooms of a process, for all its threads: a lock for each room, held while a message is handed to its members, so
// that all of them get all messages in the same order. Nothing under it waits: see outbox.

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
    std::size_t users = 0;  // who has joined or is about to; under the lock of `rooms`
  };

 public:
  // Ends with the object, which goes before the send_queue.
  class membership {
   public:
    membership(rooms&, std::uint64_t number, send_queue&);
    ~membership();
    membership(const membership&) = delete;
    membership& operator=(const membership&) = delete;

    // To all in the room, itself included.
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
