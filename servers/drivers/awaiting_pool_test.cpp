#include "servers/drivers/awaiting_pool.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <string>

namespace tvl::waits::awaiting {
namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

struct connection {
  explicit connection(int& count) : alive(count) { ++alive; }
  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;
  ~connection() { --alive; }
  int& alive;
};
using connections = pool<connection>;

class awaiting_pool : public testing::Test {
 protected:
  connections make(unsigned size, unsigned queue) {
    return {size, queue, [this] { return std::make_unique<connection>(alive); }};
  }
  // Takes a connection, logs its name, or '-' without one, and keeps it for the given time.
  runtime::task use(connections& all, char name, clock::duration patience, clock::duration time) {
    const auto lease = co_await all.take(clock::now() + patience);
    log += lease ? name : '-';
    runtime::timer timer(co_await boost::asio::this_coro::executor, time);
    if (lease) co_await timer.async_wait(runtime::quietly);
  }
  void start(connections& all, char name, clock::duration patience, clock::duration time) {
    boost::asio::co_spawn(context, use(all, name, patience, time), boost::asio::detached);
  }

  int alive = 0;
  std::string log;
  boost::asio::io_context context{1};
};

TEST_F(awaiting_pool, serves_in_the_order_of_arrival) {
  auto all = make(1, 10);
  for (const char name : {'a', 'b', 'c', 'd'}) start(all, name, 1h, 1ms);
  context.run();
  EXPECT_EQ(log, "abcd");
}

TEST_F(awaiting_pool, refuses_at_once_when_the_line_is_full) {
  auto all = make(2, 1);
  for (const char name : {'a', 'b', 'c', 'd'}) start(all, name, 1h, 1ms);
  context.run();
  EXPECT_EQ(log, "ab-c");
}

TEST_F(awaiting_pool, ends_a_wait_at_its_deadline) {
  auto all = make(1, 10);
  start(all, 'a', 1h, 50ms);
  start(all, 'b', 1ms, 0ms);
  start(all, 'c', 1h, 0ms);
  context.run();
  EXPECT_EQ(log, "a-c");
}

// Deadline and connection come in the same turn of the loop, before the waiter runs.
TEST_F(awaiting_pool, counts_a_connection_that_comes_with_the_deadline) {
  auto all = make(1, 10);
  start(all, 'a', 1h, 0ms);
  start(all, 'b', 0ms, 0ms);
  start(all, 'c', 1h, 0ms);
  context.run();
  EXPECT_EQ(log.size(), 3u);
  EXPECT_EQ(log.back(), 'c') << log;
}

TEST_F(awaiting_pool, may_go_before_the_coroutines_that_use_it) {
  {
    boost::asio::io_context loop{1};
    {
      auto all = make(1, 10);
      for (const char name : {'a', 'b', 'c'})
        boost::asio::co_spawn(loop, use(all, name, 1h, 1h), boost::asio::detached);
      loop.poll();
      EXPECT_EQ(alive, 1);
    }
    EXPECT_EQ(alive, 1) << "still lent";
  }
  EXPECT_EQ(alive, 0);
}

}  // namespace
}  // namespace tvl::waits::awaiting
