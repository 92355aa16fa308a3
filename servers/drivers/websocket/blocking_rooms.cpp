#include "servers/drivers/websocket/blocking_rooms.hpp"

namespace tvl::waits::blocking {

rooms::room& rooms::enter(std::uint64_t number) {
  const std::lock_guard lock(mutex_);
  room& r = rooms_[number];
  ++r.users;
  return r;
}

void rooms::leave(std::uint64_t number) {
  const std::lock_guard lock(mutex_);
  const auto found = rooms_.find(number);
  if (--found->second.users == 0) rooms_.erase(found);
}

rooms::membership::membership(rooms& all, std::uint64_t number, send_queue& o)
    : rooms_(all), number_(number), room_(all.enter(number)), send_queue_(o) {
  send_queue_.allow_other_threads();
  const std::lock_guard lock(room_.mutex);
  room_.members.push_back(&send_queue_);
}

rooms::membership::~membership() {
  {
    const std::lock_guard lock(room_.mutex);
    std::erase(room_.members, &send_queue_);
  }
  rooms_.leave(number_);
}

void rooms::membership::send(const frame& message) {
  const std::lock_guard lock(room_.mutex);
  for (send_queue* member : room_.members) member->send(message);
}

}  // namespace tvl::waits::blocking
