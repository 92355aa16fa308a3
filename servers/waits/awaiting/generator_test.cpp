#include "servers/waits/awaiting/generator.hpp"

#include <boost/asio/deferred.hpp>
#include <boost/asio/detached.hpp>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace tvl::waits::awaiting {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

asio::awaitable<bool, runtime::executor> pause(std::chrono::milliseconds time) {
  runtime::timer timer(co_await asio::this_coro::executor, time);
  co_await timer.async_wait(asio::deferred);
  co_return true;
}

asio::awaitable<bool, runtime::executor> no_pause() { co_return true; }

generator<std::string> words(runtime::executor, int number, std::chrono::milliseconds time) {
  for (int i = 0; i < number; ++i) {
    if (time > 0ms) co_await pause(time);
    co_yield "word " + std::to_string(i);
  }
}

runtime::task collect(generator<std::string> from, std::vector<std::string>& to) {
  for (;;) {
    auto next = co_await from.next(asio::deferred);
    if (!next) break;
    to.push_back(std::move(*next));
  }
  const auto after = co_await from.next(asio::deferred);
  EXPECT_FALSE(after);
  to.emplace_back("end");
}

std::vector<std::string> all_of(int number, std::chrono::milliseconds time) {
  asio::io_context loop;
  std::vector<std::string> result;
  asio::co_spawn(loop, collect(words(loop.get_executor(), number, time), result), asio::detached);
  loop.run();
  return result;
}

TEST(generator, yields_without_a_wait) {
  EXPECT_EQ(all_of(3, 0ms), (std::vector<std::string>{"word 0", "word 1", "word 2", "end"}));
}

TEST(generator, yields_after_waits) {
  EXPECT_EQ(all_of(3, 1ms), (std::vector<std::string>{"word 0", "word 1", "word 2", "end"}));
}

TEST(generator, may_yield_nothing) { EXPECT_EQ(all_of(0, 0ms), std::vector<std::string>{"end"}); }

generator<int> waits_for_what_is_there(runtime::executor) {
  for (int i = 0; i < 1000; ++i) {
    const bool there = co_await no_pause();
    if (there) co_yield i;
  }
}

TEST(generator, awaits_what_never_suspends) {
  asio::io_context loop;
  int sum = 0;
  const auto add_up = [](generator<int> from, int& to) -> runtime::task {
    for (;;) {
      const auto next = co_await from.next(asio::deferred);
      if (!next) break;
      to += *next;
    }
  };
  asio::co_spawn(loop, add_up(waits_for_what_is_there(loop.get_executor()), sum), asio::detached);
  loop.run();
  EXPECT_EQ(sum, 499'500);
}

generator<std::unique_ptr<int>> owned(runtime::executor) { co_yield std::make_unique<int>(7); }

TEST(generator, hands_over_what_can_only_be_moved) {
  asio::io_context loop;
  std::unique_ptr<int> seven;
  const auto take = [](generator<std::unique_ptr<int>> from, std::unique_ptr<int>& to) -> runtime::task {
    auto next = co_await from.next(asio::deferred);
    if (next) to = std::move(*next);
  };
  asio::co_spawn(loop, take(owned(loop.get_executor()), seven), asio::detached);
  loop.run();
  ASSERT_TRUE(seven);
  EXPECT_EQ(*seven, 7);
}

// Functions, because g++ 14 does not pass the arguments of a lambda to the constructor of its promise.
generator<int> endless(runtime::executor) {
  for (int i = 0;; i = (i + 1) % 1000) co_yield i;
}

generator<std::string> holding(runtime::executor, std::shared_ptr<int> held) {
  co_await pause(1h);
  co_yield std::to_string(*held);
}

// A generator without end or wait does not starve the loop.
TEST(generator, does_not_stop_the_loop) {
  asio::io_context loop;
  bool over = false;
  std::uint64_t taken = 0;
  const auto take_all = [](generator<int> from, bool& stop, std::uint64_t& count) -> runtime::task {
    while (!stop) {
      co_await from.next(asio::deferred);
      ++count;
    }
  };
  asio::co_spawn(loop, take_all(endless(loop.get_executor()), over, taken), asio::detached);
  runtime::timer timer(loop.get_executor(), 5ms);
  timer.async_wait([&](boost::system::error_code) { over = true; });
  loop.run();
  EXPECT_GT(taken, 1u);
}

// Destroyed with the loop's operations: the sanitizer reports leaks and double frees.
TEST(generator, goes_with_its_loop) {
  std::vector<std::string> never;
  const auto witness = std::make_shared<int>(1);
  {
    asio::io_context loop;
    asio::co_spawn(loop, collect(holding(loop.get_executor(), witness), never), asio::detached);
    asio::co_spawn(loop, collect(words(loop.get_executor(), 9, 1h), never), asio::detached);
    loop.run_for(5ms);
    EXPECT_GT(witness.use_count(), 1);
  }
  EXPECT_EQ(witness.use_count(), 1);
  EXPECT_TRUE(never.empty());
}

TEST(generator, goes_unused_or_half_used) {
  asio::io_context loop;
  const auto unused = words(loop.get_executor(), 3, 1h);
  const auto take_one = [](generator<std::string> from) -> runtime::task {
    const auto next = co_await from.next(asio::deferred);
    EXPECT_EQ(next, "word 0");
  };
  asio::co_spawn(loop, take_one(words(loop.get_executor(), 3, 1ms)), asio::detached);
  loop.run();
}

}  // namespace
}  // namespace tvl::waits::awaiting
