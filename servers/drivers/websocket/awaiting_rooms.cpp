#include "servers/drivers/websocket/awaiting_rooms.hpp"

#include <atomic>
#include <mutex>

namespace tvl::waits::awaiting {

// All loops of the process with rooms.
class rooms::loops {
 public:
  static std::shared_ptr<loops> of_process();

  void add(const std::shared_ptr<table>& rooms, const loop_notifier& notifier) {
    const std::lock_guard lock(mutex_);
    all_.push_back({rooms, notifier.make_handle()});
    count_ = all_.size();
  }
  void remove(const std::shared_ptr<table>& rooms) {
    const std::lock_guard lock(mutex_);
    std::erase_if(all_, [&](const loop& l) { return l.rooms == rooms; });
    count_ = all_.size();
  }
  // Posts the message to all loops except the sender's.
  void pass_on(const std::shared_ptr<table>& from, std::uint64_t number, const frame& message) {
    if (count_ == 1) return;  // a single loop needs no lock
    const std::lock_guard lock(mutex_);
    for (const auto& l : all_)
      if (l.rooms != from) l.notifier.post([rooms = l.rooms, number, message] { rooms->deliver(number, message); });
  }

 private:
  struct loop {
    std::shared_ptr<table> rooms;
    loop_notifier::handle notifier;
  };
  std::mutex mutex_;
  std::vector<loop> all_;
  std::atomic<std::size_t> count_ = 0;
};

std::shared_ptr<rooms::loops> rooms::loops::of_process() {
  static std::mutex mutex;
  static std::weak_ptr<loops> current;
  const std::lock_guard lock(mutex);
  auto all = current.lock();
  if (!all) current = all = std::make_shared<loops>();
  return all;
}

void rooms::table::deliver(std::uint64_t number, const frame& message) const {
  const auto found = members.find(number);
  if (found == members.end()) return;
  for (send_queue* member : found->second) member->send(message);
}

rooms::rooms(const loop_notifier& notifier) : all_(loops::of_process()) { all_->add(here_, notifier); }

rooms::~rooms() { all_->remove(here_); }

rooms::membership::membership(const rooms& r, std::uint64_t number, send_queue& o)
    : here_(r.here_), all_(r.all_), number_(number), send_queue_(o) {
  here_->members[number_].push_back(&send_queue_);
}

rooms::membership::~membership() {
  const auto found = here_->members.find(number_);
  std::erase(found->second, &send_queue_);
  if (found->second.empty()) here_->members.erase(found);
}

// Other loops first: a message that a local member has received is then queued there ahead of any later join.
void rooms::membership::send(const frame& message) {
  all_->pass_on(here_, number_, message);
  here_->deliver(number_, message);
}

}  // namespace tvl::waits::awaiting
