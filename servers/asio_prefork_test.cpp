// Particular to prefork: processes x threads connections at once, further ones wait.

#include "servers/testing/http_client.hpp"
#include "servers/testing/server_process.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <chrono>
#include <deque>
#include <thread>

namespace tvl::conformance {
namespace {

using namespace std::chrono_literals;

void fill(const std::vector<std::string>& flags, int connections) {
  SCOPED_TRACE(testing::PrintToString(flags));
  const std::string request = "GET /json HTTP/1.1\r\nHost: a\r\n\r\n";
  program server(TVL_PROGRAM, flags);
  const auto port = server.wait_until_ready();
  std::deque<client> held;
  for (int i = 0; i < connections; ++i) {
    auto& one = held.emplace_back(port);
    EXPECT_TRUE(one.send(request));
    EXPECT_TRUE(one.receive(1)) << "connection " << i;
  }
  client another(port);
  EXPECT_TRUE(another.send(request));
  // Time to reply wrongly. Too short, the test gets weaker, not wrong.
  std::this_thread::sleep_for(100ms);
  EXPECT_FALSE(another.ended());
  EXPECT_EQ(another.take(), "") << "a thread too many";
  held[1].hang_up();
  EXPECT_TRUE(another.receive(1)) << "its thread is not there again";
  server.terminate();
  const auto end = server.wait();
  EXPECT_EQ(end.code, 0);
  EXPECT_EQ(end.errors, "");
  EXPECT_EQ(nlohmann::json::parse(end.output, nullptr, false).value("replies", 0), connections + 1);
}

TEST(asio_prefork, holds_as_many_connections_as_processes_times_threads) {
  fill({"--processes", "4", "--threads", "1"}, 4);
  fill({"--processes", "1", "--threads", "4"}, 4);
  fill({"--processes", "3", "--threads", "2"}, 6);
}

}  // namespace
}  // namespace tvl::conformance
