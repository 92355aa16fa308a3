#pragma once
// Connections that threads share. Who finds none free waits in line for one, as long as there is room in the line.

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

  // A connection for as long as the lease lives; empty when there was none to have.
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

  // `make` is called for each of the connections and returns a std::unique_ptr. At most `queue` callers wait at once.
  template <class Make>
  pool(unsigned connections, unsigned queue, Make make) : queue_(queue) {
    for (unsigned i = 0; i < connections; ++i) free_.push_back(make());
  }

  // First come, first served. Empty at once when the line is full, and at the deadline.
  lease take(clock::time_point deadline) {
    std::unique_lock lock(mutex_);
    if (!free_.empty()) {
      auto connection = std::move(free_.back());  // the one used last: its memory is warm
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

  // Straight to the first in line: were it put down first, a newcomer could take it, again and again.
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
