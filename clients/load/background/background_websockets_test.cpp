#include "clients/load/background/background_connections.hpp"
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
  background_connections c(idle_websockets(40), at(s));
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

TEST(idle_websockets, answer_a_ping_with_its_payload_however_long) {
  const std::string longest(125, 'p');
  room_server s({});
  background_connections c(idle_websockets(4), at(s));
  ASSERT_TRUE(c.wait_until_settled(30s));
  ASSERT_TRUE(s.wait_for_members(4));
  s.post([&](room_server& there) { there.ping_all(longest); });
  EXPECT_TRUE(s.wait_for_pongs(4, longest));
  EXPECT_EQ(c.end_window().idle_websockets->lost, 0u);
}

// Pongs that do not fit into the sockets wait until the server reads.
TEST(idle_websockets, answer_pings_of_a_server_that_reads_late) {
  asio::io_context io;
  tcp::acceptor acceptor(io, any_port);
  const auto port = std::to_string(acceptor.local_endpoint().port());
  background_connections c(idle_websockets(1), parse_url("http://127.0.0.1:" + port + "/", false));
  websocket::stream<tcp::socket> upgraded(io);
  tcp::socket& s = upgraded.next_layer();
  acceptor.accept(s);
  upgraded.accept();
  const std::string usual(125, 'p'), last(125, 'z');
  std::string pings;
  for (int i = 0; i < 60'000; ++i) pings += "\x89\x7d" + usual;  // more than two sockets hold
  asio::write(s, asio::buffer(pings));
  const std::string masked_usual = client_frame(opcode::pong, usual, 0),
                    masked_last = client_frame(opcode::pong, last, 0);
  std::string pong(masked_last.size(), ' ');
  int pongs = 0;
  for (; pong != masked_last; ++pongs) {
    // Repeated, because a ping is not answered while too many pongs wait.
    if (s.available() == 0) asio::write(s, asio::buffer("\x89\x7d" + last));
    asio::read(s, asio::buffer(pong));
    ASSERT_TRUE(pong == masked_usual || pong == masked_last) << "frame " << pongs << " is not whole";
  }
  EXPECT_GT(pongs, 1000);
  EXPECT_EQ(c.end_window().idle_websockets->lost, 0u);
}

TEST(idle_websockets, send_the_users_headers) {
  room_server s({});
  background_connections c(idle_websockets(1), at(s), {}, {}, {"Cookie: a=b", "HOST: example.org"});
  ASSERT_TRUE(s.wait_for_members(1));
  const auto request = s.request();
  EXPECT_NE(request.find("\r\nCookie: a=b\r\n"), request.npos) << request;
  EXPECT_NE(request.find("\r\nHOST: example.org\r\n"), request.npos) << request;
}

TEST(idle_websockets, cost_no_cpu) {
  room_server s({});
  background_connections c(idle_websockets(100), at(s));
  ASSERT_TRUE(c.wait_until_settled(30s));
  c.begin_window();
  std::this_thread::sleep_for(200ms);  // the window
  EXPECT_LT(c.end_window().cpu_s, 0.001);
}

TEST(idle_websockets, count_the_messages_they_are_sent) {
  room_server s({});
  background_connections c(idle_websockets(10), at(s));
  ASSERT_TRUE(s.wait_for_members(10));
  s.post([](room_server& there) { there.broadcast(0, "news"); });
  EXPECT_TRUE(comes_true([&] { return c.end_window().idle_websockets->replies == 10; }));
  EXPECT_EQ(c.end_window().idle_websockets->lost, 0u);
}

TEST(idle_websockets, that_the_server_closes_are_opened_again) {
  for (const bool politely : {true, false}) {
    room_server s({});
    background_connections c(idle_websockets(5), at(s));
    ASSERT_TRUE(c.wait_until_settled(30s));
    ASSERT_TRUE(s.wait_for_members(5));
    s.post([politely](room_server& there) { politely ? there.close(2) : there.disconnect(2); });
    EXPECT_TRUE(s.wait_for_members(6));
    EXPECT_TRUE(comes_true([&] { return c.end_window().idle_websockets->lost == 1; }));
    EXPECT_EQ(c.end_window().idle_websockets->protocol_errors, 0u);
    EXPECT_EQ(c.end_window().idle_websockets->first_error,
              politely ? "the server closed the WebSocket: 1001 (going away) 'that will do'"
                       : "the server closed the connection");
  }
}

TEST(idle_websockets, count_invalid_frames) {
  room_server s({});
  background_connections c(idle_websockets(3), at(s));
  ASSERT_TRUE(s.wait_for_members(3));
  s.post([](room_server& there) { there.write_raw(1, "\xff\xff\xff\xff"); });
  EXPECT_TRUE(comes_true([&] { return c.end_window().idle_websockets->protocol_errors == 1; }));
  EXPECT_EQ(c.end_window().idle_websockets->lost, 1u);
  EXPECT_EQ(c.end_window().idle_websockets->first_error,
            "the server sent a masked frame, which only a client may send");
}

TEST(idle_websockets, that_are_refused_have_failed) {
  server s;  // answers 200
  background_connections c(idle_websockets(4), s.at("/"));
  ASSERT_TRUE(c.wait_until_settled(30s));
  const auto seen = *c.end_window().idle_websockets;
  EXPECT_EQ(seen.established, 0u);
  EXPECT_GE(seen.failed, 4u);
  EXPECT_EQ(seen.status_errors, seen.failed);
  EXPECT_EQ(seen.first_error, "upgrade refused: 200 OK");
  EXPECT_EQ(seen.lost, 0u);
}

TEST(idle_websockets, that_are_hung_up_on_have_failed) {
  server s({.close_at_once = true});
  background_connections c(idle_websockets(4), s.at("/"));
  ASSERT_TRUE(c.wait_until_settled(30s));
  EXPECT_GE(c.end_window().idle_websockets->failed, 4u);
  EXPECT_TRUE(c.end_window().idle_websockets->first_error);
  EXPECT_EQ(c.end_window().idle_websockets->lost, 0u);
}

}  // namespace
}  // namespace tvl::load
