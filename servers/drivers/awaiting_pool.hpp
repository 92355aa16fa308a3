#pragma once
// Connection pool shared by the coroutines of one loop. If no connection is free, take() queues (FIFO, bounded); when
// the queue is full it fails at once.

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

  // Holds a connection until destroyed; empty when none was available. It may outlive the pool, since its coroutine is
  // destroyed with the loop.
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

  // `make` returns a std::unique_ptr to one connection. `queue`: the most callers that may wait.
  template <class Make>
  pool(unsigned connections, unsigned queue, Make make) : state_(std::make_shared<state>()) {
    state_->queue = queue;
    for (unsigned i = 0; i < connections; ++i) state_->free.push_back(make());
  }

  // Empty when the queue is full, and at the deadline.
  boost::asio::awaitable<lease, runtime::executor> take(clock::time_point deadline) {
    const auto from = state_;
    if (!from->free.empty()) {
      auto connection = std::move(from->free.back());  // the one used last: its memory is cached
      from->free.pop_back();
      co_return lease(from, std::move(connection));
    }
    if (from->line.size() >= from->queue) co_return lease();
    waiter me{co_await boost::asio::this_coro::executor, deadline, *from};
    // At the deadline, too, a connection may have been handed over.
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
    state& from;  // kept alive by the coroutine
  };

  struct state {
    std::vector<std::unique_ptr<Connection>> free;
    boost::intrusive::list<waiter> line;
    unsigned queue = 0;

    // Directly to the first waiter: a free connection could be taken by newcomers again and again.
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
