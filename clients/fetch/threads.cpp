// A thread for each URL. A new one starts when there is a free handle, which it takes over with its connection.

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
  std::jthread thread;  // the last that used it
};

class slots {
 public:
  explicit slots(job& j) {
    for (std::size_t i = 0; i < j.width(); ++i) free_.push_back(&all_.emplace_back(j));
  }
  // Waits for one to become free.
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
  std::deque<slot> all_;  // last: joins the threads, which give back to the others
};

}  // namespace

void threads(job& j) {
  slots of(j);
  for (;;) {
    slot& s = of.take();
    if (!s.t.next()) return;
    if (s.thread.joinable()) s.thread.join();  // it gave the slot back and is about to end
    s.thread = std::jthread([&of, &s] {
      s.t.end(::curl_easy_perform(s.t.easy()));
      of.give_back(s);
    });
  }
}

}  // namespace tvl::fetch
