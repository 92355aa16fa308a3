// A thread for each URL. It starts when a libcurl handle is free and reuses the handle's connection.

#include "clients/fetch/transfer.hpp"
#include "clients/fetch/ways.hpp"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

namespace tvl::fetch {
namespace {

struct slot {
  explicit slot(job& j) : t(j) {}
  transfer t;
  std::jthread thread;  // its last user
};

class slots {
 public:
  explicit slots(job& j) {
    for (std::size_t i = 0; i < j.width(); ++i) free_.push_back(&all_.emplace_back(j));
  }
  // Blocks until a slot is free.
  slot& take() {
    std::unique_lock lock(mutex_);
    freed_.wait(lock, [this] { return !free_.empty(); });
    slot& last_used = *free_.back();
    free_.pop_back();
    return last_used;
  }
  void give_back(slot& s) {
    const std::lock_guard lock(mutex_);
    free_.push_back(&s);
    freed_.notify_one();
  }

 private:
  std::mutex mutex_;
  std::condition_variable freed_;
  std::vector<slot*> free_;
  std::deque<slot> all_;  // destroyed first: joins the threads, which use the other members
};

}  // namespace

void threads(job& j) {
  slots of(j);
  for (;;) {
    slot& s = of.take();
    if (!s.t.next()) return;
    if (s.thread.joinable()) s.thread.join();  // it has returned the slot and is about to end
    s.thread = std::jthread([&of, &s] {
      s.t.end(::curl_easy_perform(s.t.easy()));
      of.give_back(s);
    });
  }
}

}  // namespace tvl::fetch
