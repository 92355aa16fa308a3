// Chat rooms of one contestant.

#include "servers/conformance/suites.hpp"
#include "servers/conformance/websocket_server_run.hpp"

#include <string>
#include <thread>

namespace tvl::conformance {
namespace {

using strings = std::vector<std::string>;

const std::string room = "/ws/room?room=7";

// Every member receives every message, its own included, and those of a sender in order.
void all_hear_all(const contestant& c) {
  websocket_server_run l(c);
  constexpr int members = 6, messages = 50;
  std::deque<websocket_client*> all;
  for (int i = 0; i < members; ++i) all.push_back(&l.open(room));
  auto& elsewhere = l.open("/ws/room?room=8");
  for (int m = 0; m < messages; ++m)
    for (int i = 0; i < members; ++i)
      all[static_cast<std::size_t>(i)]->say(std::to_string(i) + " says " + std::to_string(m));
  for (auto* one : all) {
    const auto heard = one->receive_messages(members * messages);
    ASSERT_EQ(heard.size(), members * messages);
    for (int i = 0; i < members; ++i) {
      const auto from = std::to_string(i) + " says ";
      int next = 0;
      for (const auto& message : heard)
        if (message.starts_with(from)) {
          EXPECT_EQ(message, from + std::to_string(next++));
        }
      EXPECT_EQ(next, messages);
    }
  }
  elsewhere.say("anybody?");
  elsewhere.expect(server_message(text, "anybody?"));
  l.server.terminate();
  for (auto& one : l.clients) one.expect_close(1001);
  const auto counters = l.counters();
  EXPECT_EQ(counters.value("messages_in", 0), members * messages + 1);
  EXPECT_EQ(counters.value("messages_out", 0), members * members * messages + 1);
  EXPECT_EQ(counters.value("messages_dropped", -1), 0);
}

void messages_keep_their_kind(const contestant& c) {
  websocket_server_run l(c);
  auto& one = l.open("/ws/room");
  auto& other = l.open("/ws/room?room=0");
  const std::string bytes(70'000, '\xff');
  EXPECT_TRUE(one.send(client_message(binary, bytes) + client_message(ping, "x") + client_frame(text, "a") +
                       client_message(continuation, "b") + client_message(text, "")));
  const auto heard = server_message(binary, bytes) + server_message(text, "ab") + server_message(text, "");
  other.expect(heard);
  one.receive(heard.size() + 3);
  EXPECT_EQ(messages_in(one.take()), (strings{bytes, "ab", ""}));
}

// A member receives messages from the moment its client has the handshake's reply, even while others send.
void members_from_the_first_moment(const contestant& c) {
  // A long queue: a thread that waits for a core must not make its member a slow one.
  websocket_server_run l(c, {"--room-queue", "10000"});
  auto& speaker = l.open(room);
  for (int i = 0; i < 50; ++i) {
    auto& one = l.open(room);
    speaker.say(std::to_string(i));
    speaker.expect(server_message(text, std::to_string(i)));
    one.expect(server_message(text, std::to_string(i)));
    one.close();
  }
  // Once more under load.
  std::jthread talk([&](const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      speaker.say("talk");
      speaker.expect(server_message(text, "talk"));
    }
  });
  for (int i = 0; i < 50; ++i) {
    client one(l.server.port());
    EXPECT_TRUE(one.send(upgrade_request(room)));
    EXPECT_TRUE(one.receive(upgrade_reply().size() + 12));
    const auto all = one.take();
    EXPECT_EQ(all.substr(0, upgrade_reply().size() + 6), upgrade_reply() + server_message(text, "talk"));
  }
}

// Members are served at the usual pace beside one that reads nothing.
void speak_beside_a_slow_member(websocket_server_run& l, websocket_client& speaker, int messages) {
  auto& listener = l.open(room);
  const std::string padding(200'000, '.');
  for (int i = 0; i < messages; ++i) {
    const auto message = server_message(text, std::to_string(i) + padding);
    speaker.say(std::to_string(i) + padding);
    speaker.expect(message);
    listener.expect(message);
  }
}

void a_slow_member_is_disconnected(const contestant& c) {
  websocket_server_run l(c, {"--room-queue", "4", "--timeout", "60"});
  auto& speaker = l.open(room);
  auto& slow = l.open(room);
  speak_beside_a_slow_member(l, speaker, 100);
  const auto close = server_message(closing, close_payload(1008));
  std::string all;
  while (!all.ends_with(close) && slow.receive(1)) all += slow.take();
  EXPECT_TRUE(all.ends_with(close));
  const auto heard = messages_in(all);
  EXPECT_LT(heard.size(), 100u);
  for (std::size_t i = 0; i < heard.size(); ++i) EXPECT_TRUE(heard[i].starts_with(std::to_string(i) + '.'));
  slow.hang_up();
  speaker.say("still there");
  speaker.expect(server_message(text, "still there"));
  l.server.terminate();
  speaker.expect_close(1001);
  l.clients.back().expect(server_message(text, "still there") + server_message(closing, close_payload(1001)));
  l.clients.back().hang_up();
  EXPECT_GT(l.counters().value("messages_dropped", 0), 0);
}

void a_slow_member_loses_messages(const contestant& c) {
  websocket_server_run l(c, {"--room-queue", "4", "--room-slow", "drop"});
  auto& speaker = l.open(room);
  auto& slow = l.open(room);
  speak_beside_a_slow_member(l, speaker, 100);
  const auto last = server_message(text, "the last");
  speaker.say("the last");
  std::string all;
  while (!all.ends_with(last) && slow.receive(1)) all += slow.take();
  const auto heard = messages_in(all);
  EXPECT_LT(heard.size(), 101u);
  EXPECT_GT(heard.size(), 4u);
  int before = -1;
  for (std::size_t i = 0; i + 1 < heard.size(); ++i) {
    EXPECT_GT(std::stoi(heard[i]), before);
    before = std::stoi(heard[i]);
  }
  EXPECT_EQ(before, 99);  // the newest messages are kept
  slow.close();
  for (auto& one : l.clients) one.hang_up();
  l.server.terminate();
  EXPECT_EQ(l.counters().value("messages_dropped", 0), 101 - static_cast<int>(heard.size()));
}

void slow_members_take_no_memory_without_end(const contestant& c) {
  websocket_server_run l(c, {"--room-slow", "drop", "--room-queue", "8"});
  auto& speaker = l.open(room);
  for (int i = 0; i < 10; ++i) l.open(room);
  const std::string message(500'000, 'x');
  const auto talk = [&](int times) {
    while (times-- > 0) {
      speaker.say(message);
      speaker.expect(server_message(text, message));
    }
    return resident_kib(l.server.pid());
  };
  // Without usable memory figures it only has to work.
  const bool says_nothing = frees_late || keeps_history;
  const auto before = talk(says_nothing ? 5 : 50), after = talk(says_nothing ? 20 : 300);
  if (!says_nothing) {
    EXPECT_LT(after - before, 75'000);  // half of what was sent meanwhile
  }
}

void members_leave_in_the_middle(const contestant& c) {
  websocket_server_run l(c);
  l.open(room).close();
  l.clients.clear();
  const auto before = settled_usage_of(l.server.pid());
  auto& speaker = l.open(room);
  const std::string message(20'000, 'm');
  for (int i = 0; i < 40; ++i) {
    websocket_client one(l.server.port(), room);
    speaker.say(message);
    if (i % 4 == 0) one.reset();
    if (i % 4 == 1) one.hang_up();
    if (i % 4 == 2) {
      EXPECT_TRUE(one.send("\x81\x01x"));
    }
    if (i % 4 == 3) one.close();
    speaker.expect(server_message(text, message));
  }
  speaker.close();
  l.clients.clear();
  EXPECT_TRUE(eventually([&] { return usage_of(l.server.pid()).within(before); }))
      << usage_of(l.server.pid()) << " and not " << before;
}

void drain_amid_talk(const contestant& c) {
  websocket_server_run l(c);
  std::deque<websocket_client*> all;
  for (int i = 0; i < 8; ++i) all.push_back(&l.open(room));
  for (int m = 0; m < 100; ++m)
    for (auto* one : all) one->say("talk");
  l.server.terminate();
  for (auto* one : all) {
    const auto close = server_message(closing, close_payload(1001));
    std::string all_heard;
    while (!all_heard.ends_with(close) && one->receive(1)) all_heard += one->take();
    EXPECT_TRUE(all_heard.ends_with(close));
    one->hang_up();
  }
  const auto counters = l.counters();
  EXPECT_EQ(counters.value("upgrades", 0), 8);
}

}  // namespace

void register_rooms(const contestant& c) {
  const auto add = [&](const char* name, void (*body)(const contestant&)) {
    register_body("rooms/" + c.name, name, [=] { body(c); });
  };
  add("all_hear_all", all_hear_all);
  add("messages_keep_their_kind", messages_keep_their_kind);
  add("members_from_the_first_moment", members_from_the_first_moment);
  add("a_slow_member_is_disconnected", a_slow_member_is_disconnected);
  add("a_slow_member_loses_messages", a_slow_member_loses_messages);
  add("slow_members_take_no_memory_without_end", slow_members_take_no_memory_without_end);
  add("members_leave_in_the_middle", members_leave_in_the_middle);
  add("drain_amid_talk", drain_amid_talk);
}

}  // namespace tvl::conformance
