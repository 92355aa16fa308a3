#pragma once
// Connection pool shared by threads. If no connection is free, take() queues (FIFO, bounded); when the queue is full it
// fails at once.

#include <boost/intrusive/list.hpp>

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace tvl::waits::blocking {

template <class Connection>
class pool {
 public:
  using clock = std::chrono::steady_clock;

  // Holds a connection until destroyed; empty when none was available.
  class lease {
   public:
    lease() = default;
    lease(pool& from, std::unique_ptr<Connection> c) : from_(&from), connection_(std::move(c)) {}
    lease(lease&&) = default;
    lease& operator=(lease&&) = delete;
    ~lease() {
      if (connection_) from_->give_back(std::move(connection_));
    }
    explicit operator bool() const { return connection_ != nullptr; }
    Connection* operator->() const { return connection_.get(); }

   private:
    pool* from_ = nullptr;
    std::unique_ptr<Connection> connection_;
  };

  // `make` returns a std::unique_ptr to one connection. `queue`: the most callers that may wait.
  template <class Make>
  pool(unsigned connections, unsigned queue, Make make) : queue_(queue) {
    for (unsigned i = 0; i < connections; ++i) free_.push_back(make());
  }

  // Empty when the queue is full, and at the deadline.
  lease take(clock::time_point deadline) {
    std::unique_lock lock(mutex_);
    if (!free_.empty()) {
      auto connection = std::move(free_.back());  // the one used last: its memory is cached
      free_.pop_back();
      return {*this, std::move(connection)};
    }
    if (line_.size() >= queue_) return {};
    waiter me;
    line_.push_back(me);
    if (!me.served.wait_until(lock, deadline, [&me] { return me.connection != nullptr; })) {
      line_.erase(line_.iterator_to(me));
      return {};
    }
    return {*this, std::move(me.connection)};
  }

 private:
  struct waiter : boost::intrusive::list_base_hook<> {
    std::condition_variable served;
    std::unique_ptr<Connection> connection;
  };

  // Directly to the first waiter: a free connection could be taken by newcomers again and again.
  void give_back(std::unique_ptr<Connection> connection) {
    const std::lock_guard lock(mutex_);
    if (line_.empty()) {
      free_.push_back(std::move(connection));
      return;
    }
    waiter& first = line_.front();
    line_.pop_front();
    first.connection = std::move(connection);
    first.served.notify_one();  // under the lock: afterwards the waiter may be gone, and `served` with it
  }

  std::mutex mutex_;
  std::vector<std::unique_ptr<Connection>> free_;
  boost::intrusive::list<waiter> line_;
  const unsigned queue_;
};

}  // namespace tvl::waits::blocking
