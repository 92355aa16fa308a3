#include "clients/load/background/background_connections.hpp"
#include "clients/load/background/background_server.hpp"
#include "clients/load/selftest/reference_server.hpp"

#include <gtest/gtest.h>

#include <set>

namespace tvl::load {
namespace {

background_plan pipelining(int connections, int depth) {
  background_plan p;
  p.greedy = connections;
  p.greedy_depth = depth;
  return p;
}

url at(const reference_server& s, std::string_view path) { return parse_url(s.url(path), false); }

TEST(pipelining, sends_as_many_requests_as_its_depth) {
  reference_server s;
  background_connections c(pipelining(3, 20), at(s, "/silent"));
  ASSERT_TRUE(c.wait_until_settled(30s));
  ASSERT_TRUE(comes_true([&] { return s.seen().requests == 60; }));
  std::this_thread::sleep_for(50ms);  // a further request would arrive in this time
  EXPECT_EQ(s.seen().requests, 60u);
  EXPECT_EQ(c.end_window().greedy->replies, 0u);
}

TEST(pipelining, sends_a_request_for_every_reply) {
  reference_server s;
  background_connections c(pipelining(2, 16), at(s, "/constant/0"));
  ASSERT_TRUE(comes_true([&] { return c.end_window().greedy->replies >= 2000; }));
  const auto seen = *c.end_window().greedy;
  EXPECT_EQ(seen.asked, 2u);
  EXPECT_EQ(seen.established, 2u);
  EXPECT_EQ(seen.lost, 0u);
  EXPECT_EQ(seen.status_errors + seen.protocol_errors, 0u);
  EXPECT_TRUE(comes_true([&] { return s.seen().replies >= seen.replies; }));  // counted once they are sent
  EXPECT_EQ(s.seen().connections, 2u);
  const std::uint64_t request = seen.bytes_sent / (seen.replies + 32);  // answered and in flight
  EXPECT_GE(request, 40u);
  EXPECT_LE(request, 60u);
}

TEST(pipelining, sends_the_users_headers) {
  reference_server s;
  const auto size = [&](const std::vector<std::string>& headers) {
    background_connections c(pipelining(1, 1), at(s, "/silent"), {}, {}, headers);
    EXPECT_TRUE(comes_true([&] { return c.end_window().greedy->bytes_sent > 0; }));
    return c.end_window().greedy->bytes_sent;
  };
  const std::string cookie = "Cookie: a=b";
  EXPECT_EQ(size({cookie}), size({}) + cookie.size() + 2);
}

TEST(pipelining, counts_status_errors) {
  reference_server s;
  background_connections c(pipelining(1, 4), at(s, "/500"));
  ASSERT_TRUE(comes_true([&] { return c.end_window().greedy->status_errors >= 20; }));
  EXPECT_EQ(c.end_window().greedy->replies, 0u);
}

TEST(pipelining, reconnects_when_it_is_closed) {
  server s({.answer = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok"});
  background_connections c(pipelining(1, 1), s.at("/plaintext"));
  ASSERT_TRUE(comes_true([&] { return c.end_window().greedy->replies >= 3; }));
  EXPECT_EQ(c.end_window().greedy->lost, c.end_window().greedy->replies);
}

// More bytes than the socket buffers hold while the server does not read.
TEST(pipelining, waits_for_a_server_that_does_not_read) {
  reference_server s;
  s.stall(0.3);
  background_connections c(pipelining(1, 1000), at(s, "/constant/0?" + std::string(8000, 'x')));
  ASSERT_TRUE(comes_true([&] { return c.end_window().greedy->replies >= 3000; }));
  EXPECT_EQ(c.end_window().greedy->lost, 0u);
  EXPECT_EQ(c.end_window().greedy->protocol_errors, 0u);
}

}  // namespace
}  // namespace tvl::load
