// Particular to a pool: connections wait for workers.

#include "servers/testing/http_client.hpp"
#include "servers/testing/server_process.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <deque>
#include <thread>

namespace tvl::conformance {
namespace {

using namespace std::chrono_literals;

std::string get(const std::string& target) { return "GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n"; }

class pool {
 public:
  explicit pool(std::vector<std::string> flags) : server_(TVL_PROGRAM, std::move(flags)) { server_.wait_until_ready(); }
  client& connect() { return clients_.emplace_back(server_.port()); }
  client& ask(const std::string& target) {
    auto& c = connect();
    EXPECT_TRUE(c.send(get(target)));
    return c;
  }
  static bool answered(client& c) {
    c.receive(1);
    return c.take().starts_with("HTTP/1.1 200 OK\r\n");
  }
  // No reply so far. A server that is slow to reply wrongly passes: the test gets weaker, not wrong.
  static bool waits(client& c) {
    std::this_thread::sleep_for(100ms);
    return !c.ended() && c.take().empty();
  }
  nlohmann::json stop() {
    server_.terminate();
    const auto end = server_.wait();
    EXPECT_EQ(end.code, 0);
    EXPECT_EQ(end.errors, "");
    return nlohmann::json::parse(end.output, nullptr, false);
  }

 private:
  program server_;
  std::deque<client> clients_;
};

TEST(asio_pool, lends_a_worker_until_the_connection_closes) {
  pool p({"--threads", "1"});
  auto& first = p.ask("/json");
  EXPECT_TRUE(p.answered(first));
  auto& second = p.ask("/json");
  EXPECT_TRUE(p.waits(second));
  EXPECT_TRUE(first.send(get("/json")));
  EXPECT_TRUE(p.answered(first));
  EXPECT_TRUE(p.waits(second));
  first.hang_up();
  EXPECT_TRUE(p.answered(second));
}

TEST(asio_pool, serves_queued_connections_in_order) {
  pool p({"--threads", "1", "--queue", "1"});
  std::deque<client*> all;
  for (int i = 0; i < 6; ++i) all.push_back(&p.ask("/json"));
  for (auto* one : all) {
    EXPECT_TRUE(p.answered(*one));
    one->hang_up();
  }
  EXPECT_EQ(p.stop().value("replies", 0), 6);
}

TEST(asio_pool, stops_accepting_when_the_queue_is_full) {
  pool p({"--threads", "1", "--queue", "1"});
  EXPECT_TRUE(p.answered(p.ask("/json")));
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(p.waits(p.ask("/json")));
  // One with the worker, one queued, one held by the acceptor; the rest stay in the kernel's backlog.
  EXPECT_EQ(p.stop().value("accepted", 0), 3);
}

TEST(asio_pool, lends_a_worker_only_to_requests) {
  pool p({"--per-request", "--threads", "1"});
  std::deque<client*> all;
  for (int i = 0; i < 20; ++i) EXPECT_TRUE(p.answered(*all.emplace_back(&p.ask("/json"))));
  std::ranges::reverse(all);
  for (auto* one : all) {
    EXPECT_TRUE(one->send(get("/json")));
    EXPECT_TRUE(p.answered(*one));
  }
  EXPECT_EQ(p.stop().value("replies", 0), 40);
}

TEST(asio_pool, lends_a_worker_for_as_long_as_a_request_waits) {
  pool p({"--per-request", "--threads", "1"});
  auto& slow = p.ask("/delay/400");
  std::this_thread::sleep_for(50ms);
  EXPECT_TRUE(p.answered(p.ask("/json")));
  EXPECT_FALSE(slow.ended());  // and reads what has come
  EXPECT_TRUE(slow.take().starts_with("HTTP/1.1 200 OK\r\n")) << "was overtaken";
}

TEST(asio_pool, does_not_lend_a_worker_to_a_client_that_does_not_read) {
  pool p({"--per-request", "--threads", "1"});
  constexpr std::size_t size = 50'000'000;
  auto& reader = p.ask("/bytes/50000000");
  EXPECT_TRUE(reader.receive(1));
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(p.answered(p.ask("/json")));
  EXPECT_TRUE(reader.receive(size));
}

TEST(asio_pool, serves_all_requests_though_few_may_wait) {
  pool p({"--per-request", "--threads", "2", "--queue", "1"});
  std::deque<client*> all;
  for (int i = 0; i < 30; ++i) all.push_back(&p.ask("/delay/5"));
  for (auto* one : all) EXPECT_TRUE(p.answered(*one));
  EXPECT_EQ(p.stop().value("replies", 0), 30);
}

TEST(asio_pool, refuses_counts_that_make_no_sense) {
  for (const std::string flag : {"--threads", "--queue"}) {
    for (const std::string value : {"-1", "x", "1000000"}) {
      const auto end = program(TVL_PROGRAM, {flag, value}).wait();
      EXPECT_EQ(end.code, 2) << flag << ' ' << value;
      EXPECT_EQ(std::count(end.errors.begin(), end.errors.end(), '\n'), 1) << end.errors;
    }
  }
}

}  // namespace
}  // namespace tvl::conformance
