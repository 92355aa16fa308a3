// WebSockets of one contestant: every transcript in every delivery against one process, then its counters; vanishing
// clients; the drain.
//
//   tvl_websocket_tests build/bin/asio_threads --rooms
//   tvl_websocket_tests "build/bin/asio_pool --per-request" --rooms
//   tvl_websocket_tests build/bin/asio_prefork

#include "servers/conformance/expected_counters.hpp"
#include "servers/conformance/suites.hpp"
#include "servers/conformance/websocket_server_run.hpp"

#include <chrono>
#include <deque>
#include <memory>
#include <thread>

namespace tvl::conformance {
namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;
using ending = websocket_ending;

constexpr std::size_t all_at_once = std::size_t(-1);
constexpr std::size_t short_enough = 2000;  // bytes, to be sent byte by byte

// How the bytes of the handshake and the first step are split.
struct delivery {
  bool together = false;               // both in one segment
  std::size_t piece = all_at_once;     // bytes per segment at most
  std::size_t split_at = all_at_once;  // offset into both: a pause there
};

struct shared_server {
  explicit shared_server(const contestant& c) : server(c.path, c.flags) { server.wait_until_ready(); }
  program server;
  expected_counters seen;
};
using server_slot = std::shared_ptr<std::unique_ptr<shared_server>>;

shared_server& running(const contestant& c, const server_slot& slot) {
  if (!*slot) *slot = std::make_unique<shared_server>(c);
  return **slot;
}

void send_first(client& c, const std::string& handshake, const std::string& step, const delivery& how) {
  const auto both = handshake + step;
  if (how.split_at < both.size()) {
    EXPECT_TRUE(c.send(both.substr(0, how.split_at)));
    // Time to read the first piece alone. Too short, the test gets weaker, not wrong.
    std::this_thread::sleep_for(200us);
    EXPECT_TRUE(c.send(both.substr(how.split_at)));
  } else {
    EXPECT_TRUE(c.send(both, how.piece));
  }
}

void end(client& c, ending how, expected_counters& seen) {
  if (how == ending::open) {
    EXPECT_TRUE(c.send(client_message(text, "still there")));
    const auto echo = server_message(text, "still there");
    c.receive(echo.size());
    EXPECT_EQ(c.take(), echo);
    ++seen.messages_in;
    ++seen.messages_out;
    EXPECT_TRUE(c.send(client_message(closing, close_payload(1000))));
    const auto reply = server_message(closing, close_payload(1000));
    c.receive(reply.size());
    EXPECT_EQ(c.take(), reply);
  }
  if (how == ending::lost) c.finish_sending();
  EXPECT_TRUE(c.receive_to_end()) << "the connection stayed open, or was reset";
  EXPECT_EQ(c.take(), "");
  if (how == ending::failed) ++seen.protocol_failures;
}

void play(const websocket_transcript& t, const delivery& how, shared_server& s) {
  client c(s.server.port());
  std::string expect = upgrade_reply();
  const bool together = how.together || how.split_at != all_at_once;
  if (!together) {
    EXPECT_TRUE(c.send(upgrade_request("/ws/echo"), how.piece));
    c.receive(expect.size());
  }
  for (const auto& step : t.steps) {
    const bool first = &step == &t.steps.front();
    if (together && first)
      send_first(c, upgrade_request("/ws/echo"), step.send, how);
    else {
      EXPECT_TRUE(c.send(step.send, how.piece));
    }
    expect += step.expect;
    c.receive(expect.size());
  }
  const auto output = c.take();
  ASSERT_TRUE(output == expect) << output.size() << " bytes, not " << expect.size() << ", ending in:\n"
                                << testing::PrintToString(
                                       output.substr(output.size() - std::min<std::size_t>(output.size(), 100)));
  end(c, t.end, s.seen);
  const auto messages = messages_in(std::string_view(expect).substr(upgrade_reply().size())).size();
  s.seen.messages_in += messages;
  s.seen.messages_out += messages;
  s.seen.add_replies(upgrade_reply());
  ++s.seen.upgrades;
  s.seen.add_connection(c.sent(), c.received());
}

void play_every_split(const websocket_transcript& t, shared_server& s) {
  const auto handshake = upgrade_request("/ws/echo").size();
  for (std::size_t at = handshake - 4; at < handshake + t.size(); ++at) {
    SCOPED_TRACE("split at " + std::to_string(at));
    play(t, {.split_at = at}, s);
    if (testing::Test::HasFailure()) return;
  }
}

void compare_counters(shared_server& s) {
  s.server.terminate();
  const auto result = s.server.wait();
  EXPECT_EQ(result.code, 0);
  EXPECT_EQ(result.errors, "");
  EXPECT_EQ(nlohmann::json::parse(result.output, nullptr, false), s.seen.to_json());
}

// After other requests, whose replies come first, and with unsupported extensions.
void upgrades_within_a_pipeline(const contestant& c) {
  websocket_server_run l(c);
  client one(l.server.port());
  const std::string before = "GET /bytes/100000 HTTP/1.1\r\nHost: a\r\n\r\nGET /json HTTP/1.1\r\nHost: a\r\n\r\n";
  EXPECT_TRUE(one.send(before + upgrade_request("/ws/echo?x=y") + client_message(text, "hi")));
  const auto end = upgrade_reply() + server_message(text, "hi");
  one.receive(83 + 100'000 + 98 + end.size());  // a head, its body, and the whole JSON reply
  const auto all = one.take();
  EXPECT_TRUE(all.ends_with(R"({"message":"Hello, World!"})" + end)) << all.substr(all.size() - 300);
  const std::vector<std::string> forms{"Connection: keep-alive, Upgrade\r\n", "Origin: http://a\r\nCookie: b=c\r\n",
                                       "Sec-WebSocket-Protocol: chat\r\n",
                                       "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n"};
  for (const auto& fields : forms) {
    client other(l.server.port());
    EXPECT_TRUE(other.send(upgrade_request("/ws/echo", fields)));
    other.receive(upgrade_reply().size());
    EXPECT_EQ(other.take(), upgrade_reply());
  }
}

// Resets at every step of handshake and message, and half-open peers: everything is released.
void vanishing_clients(const contestant& c) {
  websocket_server_run l(c);
  l.open().close();
  l.clients.clear();
  const auto before = settled_usage_of(l.server.pid());
  const auto bytes = upgrade_request("/ws/echo") + client_frame(text, "he") + client_message(ping, "") +
                     client_message(continuation, "llo") + client_message(closing, close_payload(1000));
  for (std::size_t size = 1; size <= bytes.size(); size += 3) {
    client one(l.server.port());
    EXPECT_TRUE(one.send(bytes.substr(0, size)));
    size % 2 ? one.reset() : one.hang_up();
  }
  for (int i = 0; i < 10; ++i) {
    l.open().reset();
    l.open().hang_up();
    auto& unread = l.open();
    unread.say(std::string(300'000, 'x'));
    unread.reset();
  }
  l.open().close();
  l.clients.clear();
  EXPECT_TRUE(eventually([&] { return usage_of(l.server.pid()).within(before); }))
      << usage_of(l.server.pid()) << " and not " << before;
  l.server.terminate();
  EXPECT_EQ(l.counters().value("protocol_failures", -1), 0);
}

// A client that reads nothing is not read from: neither its messages nor its pings take unlimited memory.
void clients_that_do_not_read(const contestant& c) {
  websocket_server_run l(c);
  for (const auto& frame :
       {client_message(text, std::string(60'000, 'x')), client_message(ping, std::string(125, 'x'))}) {
    auto& greedy = l.open();
    std::string many;
    while (many.size() < 50'000'000) many += frame;  // more than two socket buffers
    EXPECT_LT(greedy.offer(many), many.size());
    l.open().close();
  }
  EXPECT_LT(resident_kib(l.server.pid()), 400'000);
}

void drain(const contestant& c) {
  websocket_server_run l(c);
  std::vector<websocket_client*> all;
  for (int i = 0; i < 8; ++i) all.push_back(&l.open());
  all[0]->say("hello");
  all[0]->expect(server_message(text, "hello"));
  EXPECT_TRUE(all[1]->send(client_frame(text, "begun")));
  const auto start = clock::now();
  l.server.terminate();
  for (auto* one : all) one->expect_close(1001);
  const auto counters = l.counters();
  EXPECT_LT(clock::now() - start, 5s);  // else the drain has abandoned them
  EXPECT_EQ(counters.value("upgrades", 0), 8);
  EXPECT_EQ(counters.value("messages_out", 0), 1);
}

void drain_has_an_end(const contestant& c) {
  websocket_server_run l(c);
  auto& silent = l.open();
  const auto start = clock::now();
  l.server.terminate();
  silent.expect(server_message(closing, close_payload(1001)));
  l.counters();
  EXPECT_GE(clock::now() - start, 5s);
  EXPECT_LT(clock::now() - start, 30s);
}

// The wait for a close frame is limited.
void late_closes(const contestant& c) {
  websocket_server_run l(c, {"--timeout", "2"});
  auto& failed = l.open();
  auto& idle = l.open();
  EXPECT_TRUE(failed.send("\x81\x01x"));
  failed.expect(server_message(closing, close_payload(1002)));
  EXPECT_TRUE(eventually([&] { return !failed.send("x", 1); })) << "still takes what comes";
  idle.say("idle for longer than a request may be");
  idle.expect(server_message(text, "idle for longer than a request may be"));
  idle.close();
  l.server.terminate();
  EXPECT_EQ(l.counters().value("timed_out", 0), 1);
}

// An idle client gets a close frame; one that vanished without a FIN is disconnected soon after; an active one stays.
void idle_timeout(const contestant& c) {
  websocket_server_run l(c, {"--idle-timeout", "2", "--timeout", "1"});
  auto& pings = l.open();
  auto& idle = l.open();
  auto& echoed = l.open();
  auto& in_a_message = l.open();
  auto& vanished = l.open();
  echoed.say("hello");
  echoed.expect(server_message(text, "hello"));
  EXPECT_TRUE(in_a_message.send(client_frame(text, "begun")));
  const auto pong = server_message(10, "x");
  const auto close = server_message(closing, close_payload(1001));
  while (idle.arrived() < close.size() && !testing::Test::HasFailure()) {
    EXPECT_TRUE(pings.send(client_message(ping, "x")));
    pings.expect(pong);
    std::this_thread::sleep_for(100ms);
  }
  for (auto* one : {&idle, &echoed, &in_a_message}) one->expect_close(1001);
  vanished.expect(close);
  EXPECT_TRUE(eventually([&] { return !vanished.send("x"); }));
  EXPECT_TRUE(pings.send(client_message(ping, "x")));
  pings.expect(pong);
  pings.close();
  l.server.terminate();
  const auto counters = l.counters();
  EXPECT_EQ(counters.value("ended_idle", 0), 4);
  EXPECT_EQ(counters.value("timed_out", 0), 1);
}

}  // namespace

void register_websockets(const contestant& c) {
  const auto slot = std::make_shared<std::unique_ptr<shared_server>>();
  const std::string suite = "websocket/" + c.name;
  const auto add = [&](const websocket_transcript& t, const char* name, const delivery& how) {
    register_body(suite, t.name + "/" + name, [=, &t] { play(t, how, running(c, slot)); });
  };
  for (const auto& t : websocket_transcripts()) {
    add(t, "whole", {});
    add(t, "with_the_handshake", {.together = true});
    if (t.size() < short_enough) add(t, "byte_by_byte", {.piece = 1});
    if (t.every_split)
      register_body(suite, t.name + "/split_everywhere", [=, &t] { play_every_split(t, running(c, slot)); });
  }
  register_body(suite, "counters", [=] {
    compare_counters(running(c, slot));
    slot->reset();
  });
  const auto add_life = [&](const char* name, void (*body)(const contestant&)) {
    register_body(suite, name, [=] { body(c); });
  };
  add_life("upgrades_within_a_pipeline", upgrades_within_a_pipeline);
  add_life("vanishing_clients", vanishing_clients);
  add_life("clients_that_do_not_read", clients_that_do_not_read);
  add_life("drain", drain);
  add_life("drain_has_an_end", drain_has_an_end);
  add_life("late_closes", late_closes);
  add_life("idle_timeout", idle_timeout);
}

}  // namespace tvl::conformance
