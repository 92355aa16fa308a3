#include "servers/runtime/connections.hpp"

#include <gtest/gtest.h>

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <thread>

namespace tvl::runtime {
namespace {

using namespace std::chrono_literals;

// A connected pair of sockets: what the server has and what the client has.
class socket_pair {
 public:
  socket_pair() { ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends_.data()); }
  ~socket_pair() {
    for (const int end : ends_) ::close(end);
  }
  socket_pair(const socket_pair&) = delete;
  socket_pair& operator=(const socket_pair&) = delete;

  int server() const { return ends_[0]; }
  // The server's side has no more input; what it has to say still gets through.
  bool input_ended() const {
    char c = 0;
    return ::recv(server(), &c, 1, 0) == 0 && ::send(server(), "x", 1, MSG_NOSIGNAL) == 1 &&
           ::recv(ends_[1], &c, 1, 0) == 1;
  }

 private:
  std::array<int, 2> ends_{-1, -1};
};

TEST(connections, end_the_input_of_begun_requests_only) {
  connections all;
  socket_pair idle_pair;
  socket_pair late_pair;
  connection_entry idle(all, idle_pair.server());
  connection_entry late(all, late_pair.server());
  late.begun(true, true);
  all.sweep(0ms);
  EXPECT_TRUE(late.timed_out());
  EXPECT_TRUE(late_pair.input_ended());
  EXPECT_FALSE(idle.timed_out());
  EXPECT_FALSE(idle_pair.input_ended());
  EXPECT_EQ(all.sum().timed_out, 1u);
}

TEST(connections, wait_as_long_as_they_are_told) {
  connections all;
  socket_pair pair;
  connection_entry entry(all, pair.server());
  entry.begun(true, true);
  all.sweep(1h);
  EXPECT_FALSE(entry.timed_out());
  EXPECT_FALSE(pair.input_ended());
}

TEST(connections, forget_the_deadline_of_a_request_that_is_complete) {
  connections all;
  socket_pair pair;
  connection_entry entry(all, pair.server());
  entry.begun(true, true);
  entry.begun(false, false);
  all.sweep(0ms);
  EXPECT_FALSE(entry.timed_out());
}

TEST(connections, measure_each_request_from_its_own_beginning) {
  connections all;
  socket_pair pair;
  connection_entry entry(all, pair.server());
  entry.begun(true, true);
  std::this_thread::sleep_for(60ms);
  entry.begun(true, true);
  all.sweep(50ms);
  EXPECT_FALSE(entry.timed_out());
  std::this_thread::sleep_for(60ms);
  entry.begun(true, false);
  all.sweep(50ms);
  EXPECT_TRUE(entry.timed_out());
}

TEST(connections, stay_late_once_they_are) {
  connections all;
  socket_pair pair;
  connection_entry entry(all, pair.server());
  entry.begun(true, true);
  all.sweep(0ms);
  entry.begun(false, false);
  entry.begun(true, true);
  all.sweep(0ms);
  EXPECT_TRUE(entry.timed_out());
  EXPECT_EQ(all.sum().timed_out, 1u);
}

TEST(connections, end_the_input_of_all_in_a_drain_now_and_later) {
  connections all;
  socket_pair before_pair;
  socket_pair after_pair;
  connection_entry before(all, before_pair.server());
  EXPECT_FALSE(before_pair.input_ended());
  all.drain();
  EXPECT_TRUE(before_pair.input_ended());
  EXPECT_FALSE(before.timed_out());
  connection_entry after(all, after_pair.server());
  EXPECT_TRUE(after_pair.input_ended());
}

TEST(connections, tell_of_a_drain_who_wants_to_know_and_leave_its_input_alone) {
  struct : drain_listener {
    void drain() override { ++told; }
    int told = 0;
  } listener;
  connections all;
  socket_pair pair, later_pair, past_pair;
  connection_entry entry(all, pair.server());
  connection_entry past(all, past_pair.server());
  entry.on_drain(&listener);
  past.on_drain(&listener);
  past.on_drain(nullptr);
  all.drain();
  EXPECT_EQ(listener.told, 1);
  EXPECT_FALSE(pair.input_ended());
  EXPECT_TRUE(past_pair.input_ended());
  connection_entry later(all, later_pair.server());
  later.on_drain(&listener);
  EXPECT_EQ(listener.told, 2);
  for (auto* e : {&entry, &later}) e->on_drain(nullptr);
}

TEST(connections, leave_a_closing_socket_alone) {
  connections all;
  socket_pair pair;
  connection_entry entry(all, pair.server());
  entry.begun(true, true);
  entry.closing();
  all.sweep(0ms);
  all.drain();
  EXPECT_FALSE(pair.input_ended());
}

TEST(connections, add_up_what_was_done) {
  connections all;
  socket_pair pair;
  {
    connection_entry a(all, pair.server());
    connection_entry b(all, pair.server());
    connection_entry c(all, pair.server());
    EXPECT_FALSE(all.none());
    a.work() = {.requests = 1, .replies = 2, .errors = 3, .bytes_in = 4, .bytes_out = 5};
    c.work() = {.requests = 10, .replies = 20, .errors = 30, .bytes_in = 40, .bytes_out = 50};
    for (int i = 0; i < 2; ++i)
      b.add({.upgrades = 1, .messages_in = 2, .messages_out = 3, .messages_dropped = 4, .protocol_failures = 5});
    for (auto* entry : {&b, &a, &c}) entry->closing();
  }
  EXPECT_TRUE(all.none());
  const totals sum = all.sum();
  EXPECT_EQ(sum.accepted, 3u);
  EXPECT_EQ(sum.work.requests, 11u);
  EXPECT_EQ(sum.work.replies, 22u);
  EXPECT_EQ(sum.work.errors, 33u);
  EXPECT_EQ(sum.work.bytes_in, 44u);
  EXPECT_EQ(sum.work.bytes_out, 55u);
  totals twice = sum;
  twice += sum;
  EXPECT_EQ(twice.websockets.upgrades, 4u);
  EXPECT_EQ(twice.websockets.messages_in, 8u);
  EXPECT_EQ(twice.websockets.messages_out, 12u);
  EXPECT_EQ(twice.websockets.messages_dropped, 16u);
  EXPECT_EQ(twice.websockets.protocol_failures, 20u);
}

}  // namespace
}  // namespace tvl::runtime
