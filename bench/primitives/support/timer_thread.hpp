#pragma once
// loop.call_at() without a loop: one thread for all calls, with a heap and a condition variable.
//
// A cancelled call stays in the heap until its turn, or until half of the heap is cancelled, as in asyncio.

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace tvl::primitives {

class timer_thread {
 public:
  using clock = std::chrono::steady_clock;
  using handle = std::shared_ptr<std::function<void()>>;  // empty once called or cancelled

  timer_thread() : thread_([this] { run(); }) {}
  ~timer_thread() {
    {
      const std::lock_guard lock(mutex_);
      over_ = true;
    }
    earlier_.notify_one();
    thread_.join();
  }
  timer_thread(const timer_thread&) = delete;
  timer_thread& operator=(const timer_thread&) = delete;

  // Calls `f` on the thread, unless it is cancelled or the timer_thread is destroyed first.
  handle call_at(clock::time_point due, std::function<void()> f) {
    auto h = std::make_shared<std::function<void()>>(std::move(f));
    const std::lock_guard lock(mutex_);
    const bool first = calls_.empty() || due < calls_.front().due;
    calls_.push_back({due, h});
    std::ranges::push_heap(calls_, std::greater<>());
    if (first) earlier_.notify_one();
    return h;
  }

  // False when the call has begun.
  bool cancel(const handle& h) {
    const std::lock_guard lock(mutex_);
    if (!std::exchange(*h, nullptr)) return false;
    if (++cancelled_ > calls_.size() / 2) {
      std::erase_if(calls_, [](const call& c) { return !*c.what; });
      std::ranges::make_heap(calls_, std::greater<>());
      cancelled_ = 0;
    }
    return true;
  }

 private:
  struct call {
    clock::time_point due;
    handle what;
    bool operator>(const call& other) const { return due > other.due; }
  };

  void run() {
    std::unique_lock lock(mutex_);
    while (!over_) {
      if (calls_.empty()) {
        earlier_.wait(lock);
      } else if (const auto due = calls_.front().due; clock::now() < due) {
        earlier_.wait_until(lock, due);
      } else {
        std::ranges::pop_heap(calls_, std::greater<>());
        const auto f = std::exchange(*calls_.back().what, nullptr);
        calls_.pop_back();
        if (!f) {
          --cancelled_;
          continue;
        }
        lock.unlock();
        f();
        lock.lock();
      }
    }
  }

  std::mutex mutex_;
  std::condition_variable earlier_;
  std::vector<call> calls_;  // a heap
  std::size_t cancelled_ = 0;
  bool over_ = false;
  std::thread thread_;  // last: uses the other members
};

}  // namespace tvl::primitives
