#include "clients/load/broadcast/broadcast.hpp"

#include "clients/load/base/bad_plan.hpp"
#include "clients/load/broadcast/broadcast_server.hpp"
#include "clients/load/meter/watcher.hpp"
#include "clients/load/plan/source_addresses.hpp"
#include "clients/load/run/run.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <unistd.h>

#include <map>
#include <set>
#include <stop_token>
#include <string>
#include <thread>

namespace tvl::load {
namespace {

constexpr int members = 5;

plan short_plan(unsigned short port) {
  plan p;
  p.url = "ws://127.0.0.1:" + std::to_string(port) + "/ws/room";
  p.connections = members;
  p.rate = 400;
  p.warmup_s = 0;
  p.seconds = 0.3;
  return p;
}

room_result run(const room_server& server) { return run_room(short_plan(server.port())); }

void expect_conserved(const room_result& r) {
  EXPECT_EQ(r.members.asked, r.members.joined + r.members.failed);
  EXPECT_LE(r.members.closed, r.members.joined);
  EXPECT_EQ(r.messages.scheduled, r.messages.sent + r.messages.unsent);
  EXPECT_EQ(r.deliveries.expected, r.deliveries.received + r.deliveries.lost + r.deliveries.cut_off);
  EXPECT_EQ(r.delivery.count(), r.deliveries.received);
  EXPECT_EQ(r.lag.count(), r.messages.sent);
}

TEST(Room, EveryMemberGetsEveryMessage) {
  room_server server({});
  plan p = short_plan(server.port());
  p.warmup_s = 0.1;
  p.arrivals = arrivals::constant;
  const auto r = run_room(p);
  expect_conserved(r);
  EXPECT_EQ(r.members.joined, 5u);
  EXPECT_EQ(r.members.closed, 0u);
  EXPECT_EQ(r.messages.scheduled, 120u);  // 400 a second for 0.3 s, without the warm-up
  EXPECT_EQ(r.messages.unsent, 0u);
  EXPECT_EQ(r.deliveries.expected, 600u);
  EXPECT_EQ(r.deliveries.received, 600u);
  EXPECT_EQ(r.deliveries.duplicates, 0u);
  EXPECT_EQ(r.deliveries.unknown, 0u);
  EXPECT_EQ(r.reach, 1.0);
  EXPECT_TRUE(r.sender_included);
  EXPECT_DOUBLE_EQ(r.window_s, 0.3);
  EXPECT_TRUE(r.generator_cpu_share);
  EXPECT_FALSE(r.interrupted);
  EXPECT_EQ(server.pushed(), 800);
}

TEST(Room, DeliveryIsCountedFromDueAndAwaitedBeyondTheWindow) {
  room_server server({.delay = 400ms});  // longer than the window: every delivery arrives after it
  const auto r = run(server);
  expect_conserved(r);
  EXPECT_EQ(r.reach, 1.0);
  EXPECT_GE(r.delivery.min(), 400'000'000);
  EXPECT_LT(*r.delivery.quantile(0.5), 1'000'000'000);
}

TEST(Room, EveryTenthDeliveryDroppedIsAReachOfNineTenths) {
  room_server server({.copies = [](int, int, int n) { return n % 10 == 9 ? 0 : 1; }});
  const auto r = run(server);
  expect_conserved(r);
  EXPECT_EQ(r.deliveries.lost, r.deliveries.expected / 10);
  EXPECT_EQ(static_cast<int>(r.deliveries.received), server.pushed());
  EXPECT_NEAR(r.reach.value(), 0.9, 0.01);
}

TEST(Room, ASenderThatIsLeftOutIsNotExpectedToReceive) {
  room_server server({.copies = [](int from, int to, int) { return from == to ? 0 : 1; }});
  const auto r = run(server);
  expect_conserved(r);
  EXPECT_FALSE(r.sender_included);
  EXPECT_EQ(r.deliveries.expected, r.messages.sent * (members - 1));
  EXPECT_EQ(r.reach, 1.0);
}

TEST(Room, DuplicatesAndForeignMessagesAreToldApart) {
  room_server server({.copies = [](int, int to, int) { return to == 2 ? 2 : 1; },
                      .on_message =
                          [](room_server& s, int n) {
                            if (n == 3)
                              for (const auto* text : {"hello", "", "0 1", "999999999 5", "1 2 3"})
                                s.broadcast(0, text);
                          }});
  const auto r = run(server);
  expect_conserved(r);
  EXPECT_EQ(r.reach, 1.0);
  EXPECT_EQ(r.deliveries.duplicates, r.messages.sent);
  EXPECT_EQ(r.deliveries.unknown, 5u * (members + 1));
}

TEST(Room, AMemberThatTheServerClosesIsCountedAndCutOff) {
  for (const bool politely : {true, false}) {
    room_server server({.on_message = [politely](room_server& s, int n) {
      if (n == 20) politely ? s.close(1) : s.disconnect(1);
    }});
    const auto r = run(server);
    expect_conserved(r);
    EXPECT_EQ(r.members.closed, 1u);
    // A close with bytes that were not read is a reset.
    const std::set<std::string> polite = {"the server closed the WebSocket: 1001 (going away) 'that will do'"},
                                other = {"the server closed the connection without a close frame",
                                         "Connection reset by peer"};
    EXPECT_TRUE((politely ? polite : other).contains(r.loss)) << r.loss;
    EXPECT_EQ(r.members.protocol_errors, 0u);
    EXPECT_GT(r.deliveries.cut_off, 0u);
    EXPECT_GT(r.messages.sent, 60u);  // the other members continue
    EXPECT_LT(r.reach.value(), 0.95);
    EXPECT_GT(r.reach.value(), 0.7);  // 0.8 without the member, less the messages in transit to it
  }
}

TEST(Room, AnInvalidFrameEndsTheMember) {
  room_server server({.on_message = [](room_server& s, int n) {
    if (n == 20) s.write_raw(3, "\xff\xff\xff\xff");
  }});
  const auto r = run(server);
  expect_conserved(r);
  EXPECT_EQ(r.members.closed, 1u);
  EXPECT_EQ(r.members.protocol_errors, 1u);
  EXPECT_EQ(r.loss, "the server sent a masked frame, which only a client may send");
  EXPECT_TRUE(
      room_point(r)["verdict"]["reasons"].back()["text"].get<std::string>().ends_with(", the first: " + r.loss));
}

TEST(Room, PingsAreAnswered) {
  room_server server({.on_message = [](room_server& s, int n) {
    if (n == 5) s.ping_all();
  }});
  const auto r = run(server);
  EXPECT_EQ(r.reach, 1.0);
  EXPECT_TRUE(server.wait_for_pongs(members));
}

TEST(Room, APongCarriesThePingsPayloadHoweverLong) {
  const std::string longest(125, 'p');
  room_server server({.on_message = [&](room_server& s, int n) {
    if (n == 5) s.ping_all(longest);
  }});
  const auto r = run(server);
  EXPECT_EQ(r.members.closed, 0u);
  EXPECT_TRUE(server.wait_for_pongs(members, longest));
}

TEST(Room, AGreetingIsNoDelivery) {
  room_server server({.greeting = "welcome"});
  const auto r = run(server);
  expect_conserved(r);
  EXPECT_EQ(r.members.joined, 5u);
  EXPECT_EQ(r.reach, 1.0);
  EXPECT_EQ(r.deliveries.unknown, 5u);
  const auto reason = room_point(r)["verdict"]["reasons"].back();
  EXPECT_EQ(reason["code"], "unasked-messages");
  EXPECT_EQ(reason["text"], "5 messages were not sent in this run");
}

TEST(Room, TheUpgradeHasTheUsersHeaders) {
  room_server server({.subprotocol = "chat"});
  plan p = short_plan(server.port());
  p.targets[0].headers = {"Cookie: a=b", "host: example.org", "Sec-WebSocket-Protocol: superchat, chat"};
  EXPECT_EQ(run_room(p).members.joined, 5u);
  const auto request = server.request();
  EXPECT_NE(request.find("\r\nCookie: a=b\r\n"), request.npos) << request;
  EXPECT_NE(request.find("\r\nhost: example.org\r\n"), request.npos) << request;
  EXPECT_EQ(request.find("127.0.0.1"), request.npos) << "one Host: " << request;
}

// The messages of that member are lost; the other members' are not delayed.
TEST(Room, AMemberTheServerDoesNotReadFromLosesItsMessages) {
  room_server server({.reads = [](int m) { return m != 4; }});
  const auto r = run(server);
  expect_conserved(r);
  EXPECT_EQ(r.members.closed, 0u);
  EXPECT_NEAR(r.reach.value(), 0.8, 0.02);
  EXPECT_EQ(static_cast<int>(r.deliveries.received), server.pushed());
}

// A client of another program that never reads does not lower this run's reach.
TEST(Room, AForeignMemberThatStopsReadingIsNotCounted) {
  room_server server(
      {.queue_limit = [](int m) { return m == 0 ? std::size_t{8} : std::size_t(-1); }, .send_buffer = 4096});
  asio::io_context io;
  websocket::stream<tcp::socket> foreign(io);
  foreign.next_layer().open(tcp::v4());
  foreign.next_layer().set_option(asio::socket_base::receive_buffer_size(2048));
  foreign.next_layer().connect({any_port.address(), server.port()});
  foreign.handshake("127.0.0.1", "/ws/room");
  ASSERT_TRUE(server.wait_for_members(1));
  plan p = short_plan(server.port());
  p.rate = 4000;
  const auto r = run_room(p);
  expect_conserved(r);
  EXPECT_GT(server.dropped(), 0);
  EXPECT_EQ(r.members.joined, 5u);
  EXPECT_EQ(r.deliveries.expected, r.messages.sent * members);
  EXPECT_EQ(r.reach, 1.0);
}

TEST(Room, StopsWhenAskedTo) {
  std::stop_source stop;
  room_server server({.on_message = [&](room_server&, int n) {
    if (n == 50) stop.request_stop();
  }});
  plan p = short_plan(server.port());
  p.seconds = 600;
  const auto r = run_room(p, {.stop = stop.get_token(), .each_second = {}});
  expect_conserved(r);
  EXPECT_TRUE(r.interrupted);
  EXPECT_GE(r.messages.sent, 50u);
  EXPECT_LT(r.window_s, 60);
  EXPECT_EQ(r.reach, 1.0);
}

TEST(Room, BeforeTheWindowThereIsNothingToReport) {
  std::stop_source stop;
  room_server server({.on_message = [&](room_server&, int n) {
    if (n == 5) stop.request_stop();
  }});
  plan p = short_plan(server.port());
  p.warmup_s = 600;
  const auto json = room_point(run_room(p, {.stop = stop.get_token(), .each_second = {}}));
  EXPECT_EQ(json["window_s"], 0);
  EXPECT_EQ(json["interrupted"], true);
  EXPECT_EQ(json["requests"]["scheduled"], 0);
  EXPECT_EQ(json["verdict"]["valid"], false);
  EXPECT_TRUE(json["throughput"].is_null());
  EXPECT_TRUE(json["room"]["reach"].is_null());
  EXPECT_TRUE(json["room"]["server_cpu_us_per_delivery"].is_null());
  EXPECT_TRUE(json["generator"]["cpu_share"].is_null());
  EXPECT_TRUE(json["latency"]["response"]["p50"].is_null());
}

TEST(Room, IsAPointOfMessagesAndDeliveries) {
  room_server server({.copies = [](int, int, int n) { return n % 10 == 9 ? 0 : 1; }});
  const auto r = run(server);
  const auto json = room_point(r);
  EXPECT_EQ(json["schema"], 1);
  EXPECT_EQ(json["plan"]["connections"], 5);
  EXPECT_EQ(json["connections"]["established"], 5);
  EXPECT_EQ(json["requests"]["sent"], r.messages.sent);
  EXPECT_EQ(json["requests"]["scheduled"], json["requests"]["sent"].get<int>() + json["requests"]["unsent"].get<int>());
  EXPECT_EQ(json["replies"], r.deliveries.received);
  EXPECT_DOUBLE_EQ(json["throughput"], static_cast<double>(r.deliveries.received) / r.window_s);
  EXPECT_EQ(json["latency"]["response"]["n"], r.deliveries.received);
  EXPECT_TRUE(json["server"]["cpu_us_per_request"].is_null());
  EXPECT_EQ(json["room"]["members"]["joined"], 5);
  EXPECT_EQ(json["room"]["messages"]["sent"], r.messages.sent);
  EXPECT_EQ(json["room"]["deliveries"]["lost"], r.deliveries.lost);
  EXPECT_EQ(json["room"]["reach"], *r.reach);
  EXPECT_TRUE(json["verdict"]["reasons"].back()["text"].get<std::string>().ends_with(" % of the deliveries arrived"));
}

// The server is in this process.
TEST(Room, TheServersCostIsPerDelivery) {
  room_server server({});
  const meter watched(::getpid());
  watcher w;
  w.server = &watched;
  const auto r = run_room(short_plan(server.port()), w);
  ASSERT_TRUE(r.server.cpu_share);
  EXPECT_GT(*r.server_cpu_us_per_delivery, 0);
  // The deliveries are those of the whole run, the CPU that of the window: similar, not equal, less so on a busy
  // machine.
  const double of_all = *r.server_cpu_us_per_delivery * static_cast<double>(r.deliveries.received) / 1e6;
  const double in_the_window = *r.server.cpu_share * r.window_s;
  EXPECT_GT(of_all, in_the_window / 4);
  EXPECT_LT(of_all, in_the_window * 4);
  EXPECT_FALSE(r.server.cpu_us_per_request);
  EXPECT_GT(r.server.pss_bytes.value(), 0u);
  EXPECT_EQ(room_point(r)["room"]["server_cpu_us_per_delivery"], *r.server_cpu_us_per_delivery);
}

TEST(Room, MembersComeFromTheSources) {
  room_server server({});
  plan p = short_plan(server.port());
  p.sources = parse_sources("127.0.0.7-127.0.0.8");
  run_room(p);
  EXPECT_EQ(server.peers_by_address(), (std::map<std::string, int>{{"127.0.0.7", 3}, {"127.0.0.8", 2}}));
}

std::string complaint(const plan& p) {
  try {
    run_room(p);
  } catch (const bad_plan& error) {
    return error.what();
  }
  return "none";
}

TEST(Room, ASubprotocolThatWasNotOfferedIsRefused) {
  room_server server({.subprotocol = "chat"});
  const plan p = short_plan(server.port());
  EXPECT_EQ(complaint(p),
            "no member could join " + p.url + ": wrong answer to the upgrade: subprotocol 'chat' was not offered");
}

asio::awaitable<void> answer_not_found(tcp::acceptor& acceptor) {
  for (;;) {
    tcp::socket peer = co_await acceptor.async_accept(use_awaitable);
    std::string bytes(1000, ' ');
    co_await peer.async_read_some(asio::buffer(bytes), use_awaitable);
    bytes = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";
    co_await asio::async_write(peer, asio::buffer(bytes), use_awaitable);
  }
}

TEST(Room, APlanThatCannotBeRunIsOneClearLine) {
  asio::io_context io;
  tcp::acceptor acceptor(io, any_port);
  plan p = short_plan(acceptor.local_endpoint().port());
  const std::string refusal = "no member could join " + p.url + ": ";
  asio::co_spawn(io, answer_not_found(acceptor), asio::detached);
  std::jthread plain_http([&] { io.run(); });
  EXPECT_EQ(complaint(p), refusal + "upgrade refused: 404 Not Found");
  io.stop();
  plain_http.join();
  p.connections = 1;
  p.timeout_s = 0.1;  // the listen backlog accepts the connection, but there is no answer
  EXPECT_EQ(complaint(p), refusal + "no answer in time");
  acceptor.close();
  EXPECT_EQ(complaint(p), refusal + "Connection refused");
  p.rate = 0;
  EXPECT_EQ(complaint(p), "a room needs a rate of messages a second");
  p.rate = 1;
  p.url = "http://127.0.0.1/ws/room";
  EXPECT_EQ(complaint(p), "'http://127.0.0.1/ws/room' is not a URL of the form ws://HOST[:PORT]/PATH");
}

}  // namespace
}  // namespace tvl::load
