#include "clients/load/background/background.hpp"
#include "clients/load/background/background_server.hpp"
#include "clients/load/broadcast/broadcast_server.hpp"

#include <gtest/gtest.h>

namespace tvl::load {
namespace {

background_plan idle_websockets(int connections) {
  background_plan p;
  p.idle_websockets = connections;
  return p;
}

url at(const room_server& s) { return parse_url("http://127.0.0.1:" + std::to_string(s.port()) + "/", false); }

TEST(idle_websockets, are_upgraded_and_answer_pings) {
  room_server s({});
  crowd c(idle_websockets(40), at(s));
  ASSERT_TRUE(c.wait_until_settled(30s));
  EXPECT_TRUE(s.wait_for_members(40));
  EXPECT_EQ(c.end_window().idle_websockets->established, 40u);
  s.post([](room_server& there) { there.ping_all(); });
  EXPECT_TRUE(s.wait_for_pongs(40));
  const auto seen = *c.end_window().idle_websockets;
  EXPECT_EQ(seen.asked, 40u);
  EXPECT_EQ(seen.failed + seen.lost + seen.replies + seen.status_errors + seen.protocol_errors, 0u);
  EXPECT_FALSE(c.end_window().idle);
}

TEST(idle_websockets, cost_no_cpu) {
  room_server s({});
  crowd c(idle_websockets(100), at(s));
  ASSERT_TRUE(c.wait_until_settled(30s));
  c.begin_window();
  std::this_thread::sleep_for(200ms);  // the window
  EXPECT_LT(c.end_window().cpu_s, 0.001);
}

TEST(idle_websockets, count_the_messages_they_are_sent) {
  room_server s({});
  crowd c(idle_websockets(10), at(s));
  ASSERT_TRUE(s.wait_for_members(10));
  s.post([](room_server& there) { there.broadcast(0, "news"); });
  EXPECT_TRUE(comes_true([&] { return c.end_window().idle_websockets->replies == 10; }));
  EXPECT_EQ(c.end_window().idle_websockets->lost, 0u);
}

TEST(idle_websockets, that_the_server_closes_are_opened_again) {
  for (const bool politely : {true, false}) {
    room_server s({});
    crowd c(idle_websockets(5), at(s));
    ASSERT_TRUE(c.wait_until_settled(30s));
    ASSERT_TRUE(s.wait_for_members(5));
    s.post([politely](room_server& there) { politely ? there.close(2) : there.disconnect(2); });
    EXPECT_TRUE(s.wait_for_members(6));
    EXPECT_TRUE(comes_true([&] { return c.end_window().idle_websockets->lost == 1; }));
    EXPECT_EQ(c.end_window().idle_websockets->protocol_errors, 0u);
  }
}

TEST(idle_websockets, name_what_is_not_websocket) {
  room_server s({});
  crowd c(idle_websockets(3), at(s));
  ASSERT_TRUE(s.wait_for_members(3));
  s.post([](room_server& there) { there.write_raw(1, "\xff\xff\xff\xff"); });
  EXPECT_TRUE(comes_true([&] { return c.end_window().idle_websockets->protocol_errors == 1; }));
  EXPECT_EQ(c.end_window().idle_websockets->lost, 1u);
}

TEST(idle_websockets, that_are_refused_have_failed) {
  server s;  // answers 200
  crowd c(idle_websockets(4), s.at("/"));
  ASSERT_TRUE(c.wait_until_settled(30s));
  const auto seen = *c.end_window().idle_websockets;
  EXPECT_EQ(seen.established, 0u);
  EXPECT_GE(seen.failed, 4u);
  EXPECT_EQ(seen.status_errors, seen.failed);
  EXPECT_EQ(seen.lost, 0u);
}

TEST(idle_websockets, that_are_hung_up_on_have_failed) {
  server s({.slam = true});
  crowd c(idle_websockets(4), s.at("/"));
  ASSERT_TRUE(c.wait_until_settled(30s));
  EXPECT_GE(c.end_window().idle_websockets->failed, 4u);
  EXPECT_EQ(c.end_window().idle_websockets->lost, 0u);
}

}  // namespace
}  // namespace tvl::load
