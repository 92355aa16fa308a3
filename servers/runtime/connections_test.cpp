#include "servers/runtime/connections.hpp"

#include "servers/runtime/listener.hpp"

#include <gtest/gtest.h>

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <iterator>
#include <list>
#include <string>
#include <thread>

namespace tvl::runtime {
namespace {

using namespace std::chrono_literals;

// A connected pair of sockets: the server's and the client's.
class socket_pair {
 public:
  socket_pair() { ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends_.data()); }
  ~socket_pair() {
    for (const int end : ends_) ::close(end);
  }
  socket_pair(const socket_pair&) = delete;
  socket_pair& operator=(const socket_pair&) = delete;

  int server() const { return ends_[0]; }
  // The server's input has ended; its output still arrives.
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

TEST(connections, are_looked_after_in_whatever_order_requests_begin_and_end) {
  connections all;
  std::list<socket_pair> pairs(3);
  std::list<connection_entry> entries;
  for (const auto& pair : pairs) entries.emplace_back(all, pair.server());
  auto& first = entries.front();
  for (auto& entry : entries) entry.begun(true, true);
  for (auto& entry : entries) entry.begun(false, false);
  first.begun(true, true);
  all.sweep(1h);  // from now on the idle ones are not visited
  entries.pop_back();
  all.sweep(0ms);
  EXPECT_TRUE(first.timed_out());
  auto& other = entries.back();
  EXPECT_FALSE(other.timed_out());
  other.begun(true, true);
  all.sweep(0ms);
  EXPECT_TRUE(other.timed_out());
  all.sweep(0ms);
  EXPECT_EQ(all.sum().timed_out, 2u);
}

TEST(connections, are_looked_after_when_a_request_begins_in_the_middle_of_a_sweep) {
  for (int round = 0; round < 50; ++round) {
    connections all;
    socket_pair pair;
    connection_entry entry(all, pair.server());
    std::jthread sweeper([&](const std::stop_token& stop) {
      while (!stop.stop_requested()) all.sweep(1h);
    });
    for (int i = 0; i < 500; ++i) {
      entry.begun(true, true);
      entry.begun(false, false);
    }
    entry.begun(true, true);
    sweeper.request_stop();
    sweeper.join();
    all.sweep(0ms);
    ASSERT_TRUE(entry.timed_out()) << "round " << round;
  }
}

// So many that a sweep takes milliseconds: a request that begins meanwhile is younger than the sweep.
TEST(connections, are_not_late_when_a_request_begins_in_a_long_sweep) {
  connections all;
  const socket_pair pair;
  std::list<connection_entry> entries;
  for (int i = 0; i < 5000; ++i) entries.emplace_back(all, pair.server());
  for (auto& entry : entries) entry.begun(true, true);
  std::jthread client([&](const std::stop_token& stop) {
    while (!stop.stop_requested()) entries.back().begun(true, true);
  });
  for (int i = 0; i < 20; ++i) all.sweep(1h);
  EXPECT_FALSE(entries.back().timed_out());
  EXPECT_EQ(all.sum().timed_out, 0u);
}

TEST(connections, may_begin_something_while_they_are_told_of_the_drain) {
  struct says_good_bye : drain_listener {
    connection_entry* entry = nullptr;
    void drain() override { entry->begun(true, true); }
  } listener;
  connections all;
  socket_pair pair;
  connection_entry entry(all, pair.server());
  listener.entry = &entry;
  entry.on_drain(&listener);
  all.drain();
  all.sweep(0ms);
  EXPECT_TRUE(entry.timed_out());
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

TEST(connections, notify_a_drain_listener_and_leave_its_input_open) {
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

// Over TCP, whose kernel state knows the time of the last traffic.
class tcp_pair {
 public:
  tcp_pair() {
    const int listener = listen_on("127.0.0.1", 0);
    sockaddr_in name{};
    socklen_t size = sizeof name;
    ::getsockname(listener, reinterpret_cast<sockaddr*>(&name), &size);
    client_ = ::socket(AF_INET, SOCK_STREAM, 0);
    EXPECT_EQ(::connect(client_, reinterpret_cast<sockaddr*>(&name), size), 0);
    server_ = ::accept(listener, nullptr, nullptr);
    ::close(listener);
  }
  ~tcp_pair() {
    ::close(client_);
    ::close(server_);
  }
  tcp_pair(const tcp_pair&) = delete;
  tcp_pair& operator=(const tcp_pair&) = delete;

  int server() const { return server_; }
  void client_sends() const { EXPECT_EQ(::send(client_, "x", 1, 0), 1); }
  void server_reads() const {
    char c = 0;
    EXPECT_EQ(::recv(server_, &c, 1, 0), 1);
  }
  // More than the socket of a client that reads nothing takes.
  void server_fills() const {
    const std::string much(1 << 16, 'x');
    while (::send(server_, much.data(), much.size(), MSG_DONTWAIT) > 0) continue;
  }
  bool ended() const { return ::send(server_, "x", 1, MSG_NOSIGNAL | MSG_DONTWAIT) < 0 && errno == EPIPE; }

 private:
  int client_ = -1, server_ = -1;
};

// Far longer and far shorter than these tests take.
constexpr auto long_idle = 1h;
constexpr auto short_idle = 20ms;
void let_pass() { std::this_thread::sleep_for(60ms); }

TEST(idle_connections, are_ended) {
  connections all;
  const tcp_pair silent, has_sent, not_yet;
  connection_entry a(all, silent.server()), b(all, has_sent.server()), c(all, not_yet.server());
  has_sent.client_sends();
  has_sent.server_reads();
  let_pass();
  all.end_idle(long_idle);
  EXPECT_EQ(all.sum().ended_idle, 0u);
  all.end_idle(short_idle);
  EXPECT_TRUE(silent.ended() && has_sent.ended());
  EXPECT_EQ(all.sum().ended_idle, 3u);
  let_pass();
  all.end_idle(short_idle);
  EXPECT_EQ(all.sum().ended_idle, 3u) << "counted twice";
}

TEST(idle_connections, are_not_those_on_which_something_moves) {
  connections all;
  const tcp_pair pair;
  connection_entry entry(all, pair.server());
  std::this_thread::sleep_for(1s);
  pair.client_sends();
  pair.server_reads();
  all.end_idle(900ms);
  EXPECT_EQ(all.sum().ended_idle, 0u);
}

TEST(idle_connections, are_not_those_that_wait_for_the_server) {
  connections all;
  const tcp_pair served, unread, begun;
  connection_entry a(all, served.server()), b(all, unread.server()), c(all, begun.server());
  a.serving(true);
  unread.client_sends();  // as in a pool without a free worker
  c.begun(true, true);
  let_pass();
  all.end_idle(short_idle);
  EXPECT_EQ(all.sum().ended_idle, 0u);
  a.serving(false);
  c.begun(false, false);
  unread.server_reads();
  let_pass();
  all.end_idle(short_idle);
  EXPECT_EQ(all.sum().ended_idle, 3u);
  EXPECT_TRUE(served.ended() && unread.ended() && begun.ended());
}

TEST(idle_connections, are_those_that_take_nothing) {
  connections all;
  const tcp_pair pair;
  connection_entry entry(all, pair.server());
  pair.client_sends();  // and is not read, since it reads nothing itself
  pair.server_fills();
  let_pass();
  all.end_idle(short_idle);
  EXPECT_TRUE(pair.ended());
}

TEST(idle_connections, that_listen_are_told_and_ended_the_next_time) {
  struct : drain_listener {
    void drain() override { ++told; }
    int told = 0;
  } listener;
  connections all;
  const tcp_pair pair;
  connection_entry entry(all, pair.server());
  entry.serving(true);
  entry.on_drain(&listener);
  let_pass();
  all.end_idle(short_idle);
  EXPECT_EQ(listener.told, 1);
  EXPECT_FALSE(pair.ended());
  let_pass();
  all.end_idle(short_idle);
  EXPECT_EQ(listener.told, 1);
  EXPECT_TRUE(pair.ended());
  EXPECT_EQ(all.sum().ended_idle, 1u);
  entry.on_drain(nullptr);
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
