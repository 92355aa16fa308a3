#pragma once
// Connections that the coroutines of one loop share. Who finds none free waits in line for one, as long as there is
// room in the line.

#include "servers/runtime/asio_types.hpp"

#include <boost/asio/this_coro.hpp>
#include <boost/intrusive/list.hpp>

#include <chrono>
#include <memory>
#include <utility>
#include <vector>

namespace tvl::waits::awaiting {

template <class Connection>
class pool {
  struct state;

 public:
  using clock = std::chrono::steady_clock;

  // A connection for as long as the lease lives; empty when there was none to have. It may outlive the pool: the
  // coroutine that has it is destroyed with the loop.
  class lease {
   public:
    lease() = default;
    lease(std::shared_ptr<state> from, std::unique_ptr<Connection> c)
        : from_(std::move(from)), connection_(std::move(c)) {}
    lease(lease&&) = default;
    lease& operator=(lease&&) = delete;
    ~lease() {
      if (connection_) from_->give_back(std::move(connection_));
    }
    explicit operator bool() const { return connection_ != nullptr; }
    Connection* operator->() const { return connection_.get(); }

   private:
    std::shared_ptr<state> from_;
    std::unique_ptr<Connection> connection_;
  };

  // `make` is called for each of the connections and returns a std::unique_ptr. At most `queue` callers wait at once.
  template <class Make>
  pool(unsigned connections, unsigned queue, Make make) : state_(std::make_shared<state>()) {
    state_->queue = queue;
    for (unsigned i = 0; i < connections; ++i) state_->free.push_back(make());
  }

  // First come, first served. Empty at once when the line is full, and at the deadline.
  boost::asio::awaitable<lease, runtime::executor> take(clock::time_point deadline) {
    const auto from = state_;
    if (!from->free.empty()) {
      auto connection = std::move(from->free.back());  // the one used last: its memory is warm
      from->free.pop_back();
      co_return lease(from, std::move(connection));
    }
    if (from->line.size() >= from->queue) co_return lease();
    waiter me{co_await boost::asio::this_coro::executor, deadline, *from};
    // Whether it is the deadline or give_back() that ends this, a connection that was handed over counts.
    co_await me.served.async_wait(runtime::quietly);
    if (!me.connection) co_return lease();
    co_return lease(from, std::move(me.connection));
  }

 private:
  struct waiter : boost::intrusive::list_base_hook<> {
    waiter(const runtime::executor& e, clock::time_point deadline, state& s) : served(e, deadline), from(s) {
      from.line.push_back(*this);
    }
    waiter(const waiter&) = delete;
    waiter& operator=(const waiter&) = delete;
    ~waiter() {
      if (this->is_linked()) from.line.erase(from.line.iterator_to(*this));
      if (connection) from.give_back(std::move(connection));
    }

    runtime::timer served;
    std::unique_ptr<Connection> connection;
    state& from;  // which the coroutine keeps alive
  };

  struct state {
    std::vector<std::unique_ptr<Connection>> free;
    boost::intrusive::list<waiter> line;
    unsigned queue = 0;

    // Straight to the first in line: were it put down first, a newcomer could take it, again and again.
    void give_back(std::unique_ptr<Connection> connection) {
      if (line.empty()) {
        free.push_back(std::move(connection));
        return;
      }
      waiter& first = line.front();
      line.pop_front();
      first.connection = std::move(connection);
      first.served.cancel();
    }
  };

  std::shared_ptr<state> state_;
};

}  // namespace tvl::waits::awaiting
