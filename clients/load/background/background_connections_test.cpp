#include "clients/load/background/background_connections.hpp"

#include "clients/load/background/background_server.hpp"
#include "clients/load/base/bad_plan.hpp"
#include "clients/load/base/described.hpp"
#include "clients/load/plan/source_addresses.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <cerrno>
#include <map>
#include <thread>

namespace tvl::load {
namespace {

background_plan idle(int connections) {
  background_plan p;
  p.idle = connections;
  return p;
}

background_plan slow_senders(int connections, double drip_s) {
  background_plan p;
  p.slow_senders = connections;
  p.drip_s = drip_s;
  return p;
}

background_plan slow_readers(int connections, double drip_s, std::size_t read_bytes) {
  background_plan p;
  p.slow_readers = connections;
  p.drip_s = drip_s;
  p.read_bytes = read_bytes;
  return p;
}

TEST(background_connections, holds_all_its_groups_at_once) {
  ASSERT_GE(claim_budget(0).descriptors, 4200u) << "this process has both ends of every connection";
  server s;
  background_plan p;
  p.idle = 2000;
  p.slow_senders = p.slow_readers = 50;
  p.drip_s = 0.005;
  p.read_bytes = 4096;
  p.slow_reader_target = "/bytes/16384";
  background_connections c(p, s.at("/plaintext"));
  ASSERT_TRUE(c.wait_until_settled(30s));
  ASSERT_TRUE(comes_true([&] { return s.accepted == 2100; }));
  ASSERT_TRUE(comes_true([&] {
    const auto now = c.end_window();
    return now.slow_senders->replies >= 100 && now.slow_readers->replies >= 100;
  }));
  const auto seen = c.end_window();
  for (const auto& each : {seen.idle, seen.slow_senders, seen.slow_readers}) {
    EXPECT_EQ(each->established, each->asked);
    EXPECT_EQ(each->failed, 0u);
    EXPECT_EQ(each->lost, 0u);
    EXPECT_EQ(each->status_errors, 0u);
    EXPECT_EQ(each->protocol_errors, 0u);
  }
  EXPECT_EQ(seen.idle->asked, 2000u);
  EXPECT_EQ(seen.idle->bytes_sent, 0u);
  EXPECT_EQ(seen.idle->bytes_received, 0u);
  const auto requests = [](const background_group_counts& counts, std::size_t size) {
    EXPECT_GE(counts.bytes_sent, counts.replies * size);
    EXPECT_LE(counts.bytes_sent, (counts.replies + counts.asked) * size) << "one request in flight on each";
  };
  const std::size_t host = s.at("/").host.size() + 1 + std::to_string(s.at("/").port).size();
  requests(*seen.slow_senders, std::string("GET /plaintext HTTP/1.1\r\nHost: \r\n\r\n").size() + host);
  requests(*seen.slow_readers, std::string("GET /bytes/16384 HTTP/1.1\r\nHost: \r\n\r\n").size() + host);
  EXPECT_EQ(seen.slow_senders->bytes_received, seen.slow_senders->replies * plaintext.size());
  EXPECT_GE(seen.slow_readers->bytes_received, seen.slow_readers->replies * 16384);
  // The server counts a reply after writing it.
  EXPECT_TRUE(comes_true([&] { return s.replies >= seen.slow_senders->replies + seen.slow_readers->replies; }));
  EXPECT_EQ(s.accepted, 2100u) << "none was opened twice";
}

TEST(background_connections, idle_connections_cost_no_cpu) {
  server s;
  background_connections c(idle(500), s.at("/"));
  ASSERT_TRUE(c.wait_until_settled(30s));
  c.begin_window();
  std::this_thread::sleep_for(200ms);  // the window
  EXPECT_LT(c.end_window().cpu_s, 0.001);
}

TEST(background_connections, slow_senders_are_slow) {
  server s;
  const auto begin = clock::now();
  background_connections c(slow_senders(3, 0.005), s.at("/plaintext"));
  ASSERT_TRUE(comes_true([&] { return s.replies >= 1; }));
  const auto bytes = static_cast<int>(s.received / s.replies);
  EXPECT_GE(bytes, 50);
  EXPECT_GE(clock::now() - begin, (bytes - 2) * 5ms) << "the time between the first two turns may be short";
}

TEST(background_connections, slow_readers_are_slow_and_leave_the_rest_with_the_server) {
  server s;
  background_connections c(slow_readers(4, 0.002, 100), s.at("/"));
  ASSERT_TRUE(c.wait_until_settled(30s));
  ASSERT_TRUE(comes_true([&] { return c.end_window().slow_readers->bytes_received >= 40'000; }));
  EXPECT_EQ(s.replies, 0u) << "16 MiB do not fit into socket buffers";
  EXPECT_EQ(c.end_window().slow_readers->lost, 0u);
}

TEST(background_connections, counts_the_408_of_a_server_with_a_header_limit) {
  server s({.header_limit = 10});
  background_connections c(slow_senders(5, 0.001), s.at("/plaintext"));
  ASSERT_TRUE(comes_true([&] { return c.end_window().slow_senders->status_errors >= 15; }));
  const auto seen = *c.end_window().slow_senders;
  EXPECT_EQ(seen.lost, seen.status_errors);
  EXPECT_EQ(seen.replies, 0u);
  EXPECT_EQ(seen.protocol_errors, 0u);
  EXPECT_EQ(seen.established, 5u);
  EXPECT_GE(s.accepted, 15u) << "opened again each time";
}

TEST(background_connections, notices_idle_connections_that_are_closed_and_opens_them_again) {
  server s;
  background_connections c(idle(100), s.at("/"));
  ASSERT_TRUE(comes_true([&] { return s.accepted == 100; }));
  c.begin_window();
  s.close_all("");
  ASSERT_TRUE(comes_true([&] { return s.accepted == 200; }));
  const auto seen = *c.end_window().idle;
  EXPECT_EQ(seen.lost, 100u);
  EXPECT_EQ(seen.failed, 0u);
  EXPECT_EQ(seen.established, 100u);
  EXPECT_EQ(seen.status_errors + seen.protocol_errors + seen.replies, 0u);
}

TEST(background_connections, reads_what_idle_connections_receive) {
  server s;
  background_connections c(idle(20), s.at("/"));
  ASSERT_TRUE(comes_true([&] { return s.accepted == 20; }));
  s.close_all(too_slow);
  ASSERT_TRUE(comes_true([&] { return s.accepted == 40; }));
  auto seen = *c.end_window().idle;
  EXPECT_EQ(seen.status_errors, 20u);
  EXPECT_EQ(seen.lost, 20u);
  EXPECT_EQ(seen.bytes_received, 20 * too_slow.size());

  c.begin_window();
  s.close_all(plaintext);
  ASSERT_TRUE(comes_true([&] { return s.accepted == 60; }));
  seen = *c.end_window().idle;
  EXPECT_EQ(seen.protocol_errors, 20u) << "replies without a request";
  EXPECT_EQ(seen.lost, 20u);
}

TEST(background_connections, backs_off_from_a_server_that_closes_at_once) {
  server s({.close_at_once = true});
  const auto begin = clock::now();
  background_connections c(idle(10), s.at("/"));
  ASSERT_TRUE(comes_true([&] { return s.accepted >= 81; }));
  EXPECT_GE(clock::now() - begin, 127ms) << "the ninth connect follows pauses of 0, 1, 2, 4 to 64 ms";
  EXPECT_GE(c.end_window().idle->lost, 30u);
}

TEST(background_connections, retries_refused_connects) {
  closed_port port;
  background_connections c(idle(7), port.at());
  ASSERT_TRUE(c.wait_until_settled(30s)) << "a failed first attempt counts as settled";
  EXPECT_GE(c.end_window().idle->failed, 7u);
  EXPECT_EQ(c.end_window().idle->established, 0u);
  EXPECT_EQ(c.last_error(), ECONNREFUSED);
  ASSERT_EQ(::listen(port.socket.get(), 16), 0);
  EXPECT_TRUE(comes_true([&] { return c.end_window().idle->established == 7; }));
  EXPECT_EQ(c.end_window().idle->lost, 0u);
}

TEST(background_connections, does_not_wait_for_connects_that_hang_longer_than_asked) {
  closed_port port;
  ASSERT_EQ(::listen(port.socket.get(), 0), 0);  // a listen backlog of one: the other connects hang
  background_connections c(idle(10), port.at());
  EXPECT_FALSE(c.wait_until_settled(50ms));
  std::stop_source stop;
  stop.request_stop();
  const auto begin = clock::now();
  EXPECT_FALSE(c.wait_until_settled(60s, stop.get_token()));
  EXPECT_LT(clock::now() - begin, 30s);
  EXPECT_LT(c.end_window().idle->established, 10u);
}

TEST(background_connections, counts_replies_that_are_not_http) {
  server s({.answer = "\x16\x03\x01 this is not HTTP\r\n\r\n"});
  background_connections c(slow_senders(2, 0.001), s.at("/plaintext"));
  ASSERT_TRUE(comes_true([&] { return c.end_window().slow_senders->protocol_errors >= 4; }));
  const auto seen = *c.end_window().slow_senders;
  EXPECT_EQ(seen.lost, seen.protocol_errors);
  EXPECT_EQ(seen.replies, 0u);
}

TEST(background_connections, counts_replies_that_are_cut_off) {
  server s({.cut = 1000});
  background_connections c(slow_readers(2, 0.001, 256), s.at("/"));
  ASSERT_TRUE(comes_true([&] { return c.end_window().slow_readers->protocol_errors >= 4; }));
  const auto seen = *c.end_window().slow_readers;
  EXPECT_EQ(seen.lost, seen.protocol_errors);
  EXPECT_GE(seen.bytes_received, seen.lost * 1000) << "what was sent was read before the end was seen";
}

TEST(background_connections, counts_a_reply_that_ends_the_connection_as_both) {
  server s({.answer = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok"});
  background_connections c(slow_senders(2, 0.001), s.at("/plaintext"));
  ASSERT_TRUE(comes_true([&] { return c.end_window().slow_senders->replies >= 4; }));
  const auto seen = *c.end_window().slow_senders;
  EXPECT_EQ(seen.lost, seen.replies);
  EXPECT_EQ(seen.protocol_errors, 0u);
}

TEST(background_connections, uses_its_sources_in_turn) {
  server s;
  background_connections c(idle(8), s.at("/"), parse_sources("127.0.0.1-127.0.0.4"));
  ASSERT_TRUE(comes_true([&] { return s.accepted == 8; }));
  EXPECT_EQ(s.peers_by_address(),
            (std::map<std::string, int>{{"127.0.0.1", 2}, {"127.0.0.2", 2}, {"127.0.0.3", 2}, {"127.0.0.4", 2}}));
}

TEST(background_connections, refuses_an_invalid_plan) {
  const url anywhere = closed_port().at();
  EXPECT_THROW(background_connections(idle(-1), anywhere), bad_plan);
  background_plan pipelining;
  pipelining.greedy_depth = 0;
  EXPECT_THROW(background_connections(pipelining, anywhere), bad_plan);
  EXPECT_THROW(background_connections(slow_senders(1, 0), anywhere), bad_plan);
  EXPECT_THROW(background_connections(slow_senders(1, 1e12), anywhere), bad_plan);
  EXPECT_THROW(background_connections(slow_readers(1, 1, 0), anywhere), bad_plan);
  EXPECT_THROW(background_connections(idle(1), anywhere, {}, 100'000), bad_plan);
}

TEST(background_connections, without_members_is_settled_and_null) {
  background_connections c({}, closed_port().at());
  EXPECT_TRUE(c.wait_until_settled(0s));
  const nlohmann::json json = c.end_window();
  EXPECT_TRUE(json.at("idle").is_null());
  EXPECT_TRUE(json.at("idle_websockets").is_null());
  EXPECT_TRUE(json.at("greedy").is_null());
  EXPECT_TRUE(json.at("slow_senders").is_null());
  EXPECT_TRUE(json.at("slow_readers").is_null());
}

TEST(background_counts, are_all_in_the_json) {
  background_counts counts;
  counts.slow_senders = background_group_counts{1, 2, 3, 4, 5, 6, 7, 8, 9};
  counts.cpu_s = 0.5;
  const auto expected = nlohmann::json::parse(R"({"idle": null, "idle_websockets": null, "greedy": null,
    "slow_readers": null, "garbage": null, "cpu_s": 0.5,
    "slow_senders": {"asked": 1, "established": 2, "failed": 3, "lost": 4, "replies": 5, "status_errors": 6,
                     "protocol_errors": 7, "bytes_sent": 8, "bytes_received": 9, "first_error": null}})");
  EXPECT_EQ(nlohmann::json(counts), expected);
  EXPECT_EQ(nlohmann::json(expected.get<background_counts>()), expected);
}

}  // namespace
}  // namespace tvl::load
