#pragma once
// Bounded FIFO queue between threads.

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>

namespace tvl::runtime {

template <class T>
class bounded_queue {
 public:
  explicit bounded_queue(std::size_t places) : places_(places) {}

  // Blocks while the queue is full. Not after close().
  void push(T item) {
    std::unique_lock lock(mutex_);
    taken_.wait(lock, [this] { return items_.size() < places_; });
    items_.push_back(std::move(item));
    lock.unlock();
    came_.notify_one();
  }

  // Blocks while the queue is empty. Nothing once it is closed and empty.
  std::optional<T> pop() {
    std::unique_lock lock(mutex_);
    came_.wait(lock, [this] { return !items_.empty() || closed_; });
    if (items_.empty()) return std::nullopt;
    std::optional<T> item(std::move(items_.front()));
    items_.pop_front();
    lock.unlock();
    taken_.notify_one();
    return item;
  }

  void close() {
    {
      const std::lock_guard lock(mutex_);
      closed_ = true;
    }
    came_.notify_all();
  }

 private:
  const std::size_t places_;
  std::mutex mutex_;
  std::condition_variable came_;
  std::condition_variable taken_;
  std::deque<T> items_;
  bool closed_ = false;
};

}  // namespace tvl::runtime
