#include "clients/load/room.hpp"

#include "clients/load/load.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket.hpp>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

namespace tvl::load {
namespace {

using namespace std::chrono_literals;
namespace asio = boost::asio;
namespace websocket = boost::beast::websocket;
using tcp = asio::ip::tcp;
using asio::use_awaitable;

const tcp::endpoint any_port(asio::ip::make_address("127.0.0.1"), 0);

// A room that does what `rules` say, on a thread of its own. Members are numbered from 0 as they come in.
class room_server {
 public:
  struct rules {
    // How often member `to` gets what member `from` has sent; `n` counts all calls.
    std::function<int(int from, int to, int n)> copies = [](int, int, int) { return 1; };
    // Called when message `n` (from 0) has been received, before it is sent on.
    std::function<void(room_server&, int n)> on_message = [](room_server&, int) {};
    std::function<bool(int member)> reads = [](int) { return true; };
    // Messages waiting for one member; more are dropped.
    std::function<std::size_t(int member)> queue_limit = [](int) { return std::size_t(-1); };
    std::chrono::milliseconds delay{0};   // between a message and its deliveries
    std::optional<int> send_buffer = {};  // SO_SNDBUF
  };
  explicit room_server(rules r) : rules_(std::move(r)) {
    asio::co_spawn(io_, accept(), asio::detached);
    thread_ = std::jthread([this] { io_.run(); });
  }
  ~room_server() {
    io_.stop();
    thread_.join();
  }

  unsigned short port() const { return acceptor_.local_endpoint().port(); }

  // To be called by the rules, that is on the server's thread.
  void broadcast(int from, const std::string& text) {
    for (auto& to : members_)
      for (int copies = rules_.copies(from, to->number, calls_++); copies > 0; --copies) push(*to, text);
  }
  void disconnect(int member) { members_.at(static_cast<std::size_t>(member))->stream.next_layer().close(); }
  void close(int member) {
    auto& m = members_.at(static_cast<std::size_t>(member));
    m->closing = true;
    m->wake.cancel();
  }
  void write_raw(int member, const std::string& bytes) {
    asio::write(members_.at(static_cast<std::size_t>(member))->stream.next_layer(), asio::buffer(bytes));
  }
  void ping_all() {
    for (auto& m : members_) m->stream.async_ping("there?", [](auto) {});
  }

  int dropped() const { return dropped_; }
  int pushed() const { return pushed_; }
  bool wait_for_pongs(int n) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, 5s, [&] { return pongs_ >= n; });
  }
  bool wait_for_members(int n) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, 5s, [&] { return joined_ >= n; });
  }

 private:
  struct member {
    member(tcp::socket socket, int n) : stream(std::move(socket)), wake(stream.get_executor()), number(n) {}
    websocket::stream<tcp::socket> stream;
    asio::steady_timer wake;
    std::deque<std::string> queue;
    bool closing = false;
    int number;
  };

  asio::awaitable<void> accept() {
    for (;;) {
      tcp::socket socket = co_await acceptor_.async_accept(use_awaitable);
      if (rules_.send_buffer) socket.set_option(asio::socket_base::send_buffer_size(*rules_.send_buffer));
      asio::co_spawn(io_, serve(std::move(socket)), asio::detached);
    }
  }
  asio::awaitable<void> serve(tcp::socket socket) {
    const auto self = std::make_shared<member>(std::move(socket), static_cast<int>(members_.size()));
    members_.push_back(self);
    self->stream.control_callback([this](websocket::frame_type type, auto) {
      if (type == websocket::frame_type::pong) count(pongs_);
    });
    co_await self->stream.async_accept(use_awaitable);
    count(joined_);
    asio::co_spawn(io_, write_queue(self), asio::detached);
    while (rules_.reads(self->number)) {
      boost::beast::flat_buffer buffer;
      co_await self->stream.async_read(buffer, use_awaitable);
      rules_.on_message(*this, messages_++);
      const auto text = boost::beast::buffers_to_string(buffer.data());
      if (rules_.delay == 0ms) {
        broadcast(self->number, text);
      } else {
        const auto timer = std::make_shared<asio::steady_timer>(io_, rules_.delay);
        timer->async_wait([this, timer, self, text](auto) { broadcast(self->number, text); });
      }
    }
  }
  asio::awaitable<void> write_queue(std::shared_ptr<member> self) {
    while (!self->closing) {
      if (self->queue.empty()) {
        self->wake.expires_at(asio::steady_timer::time_point::max());
        boost::system::error_code woken;
        co_await self->wake.async_wait(asio::redirect_error(use_awaitable, woken));
        continue;
      }
      co_await self->stream.async_write(asio::buffer(self->queue.front()), use_awaitable);
      self->queue.pop_front();
    }
    co_await self->stream.async_close({websocket::close_code::going_away, "that will do"}, use_awaitable);
  }
  void push(member& to, const std::string& text) {
    if (to.queue.size() >= rules_.queue_limit(to.number)) {
      ++dropped_;
      return;
    }
    ++pushed_;
    to.queue.push_back(text);
    to.wake.cancel();
  }
  void count(int& what) {
    const std::lock_guard lock(mutex_);
    ++what;
    changed_.notify_all();
  }

  const rules rules_;
  asio::io_context io_{1};
  tcp::acceptor acceptor_{io_, any_port};
  std::vector<std::shared_ptr<member>> members_;
  int calls_ = 0, messages_ = 0;
  std::atomic<int> dropped_ = 0, pushed_ = 0;
  std::mutex mutex_;
  std::condition_variable changed_;
  int pongs_ = 0, joined_ = 0;
  std::jthread thread_;
};

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

room_result run(const room_server& server) { return run_room(short_plan(server.port()), {}); }

void expect_conserved(const room_result& r) {
  EXPECT_EQ(r.members.asked, r.members.joined + r.members.failed);
  EXPECT_LE(r.members.closed, r.members.joined);
  EXPECT_EQ(r.messages.scheduled, r.messages.sent + r.messages.unsent);
  EXPECT_EQ(r.deliveries.expected, r.deliveries.received + r.deliveries.lost + r.deliveries.cut_off);
  EXPECT_EQ(r.delivery.count(), r.deliveries.received);
  EXPECT_EQ(r.lag.count(), r.messages.sent);
}

TEST(Room, EverybodyGetsEverything) {
  room_server server({});
  plan p = short_plan(server.port());
  p.warmup_s = 0.1;
  p.arrivals = arrivals::constant;
  const auto r = run_room(p, {});
  expect_conserved(r);
  EXPECT_EQ(r.members.joined, 5u);
  EXPECT_EQ(r.members.closed, 0u);
  EXPECT_EQ(r.messages.scheduled, 120u);  // 400 a second for 0.3 s: those of the warm-up do not count
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
  room_server server({.delay = 400ms});  // longer than the window: every delivery comes after it
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
    EXPECT_EQ(r.members.protocol_errors, 0u);
    EXPECT_GT(r.deliveries.cut_off, 0u);
    EXPECT_GT(r.messages.sent, 60u);  // the others go on
    EXPECT_LT(r.reach.value(), 0.95);
    EXPECT_GT(r.reach.value(), 0.8);
  }
}

TEST(Room, WhatIsNotWebSocketEndsTheMember) {
  room_server server({.on_message = [](room_server& s, int n) {
    if (n == 20) s.write_raw(3, "\xff\xff\xff\xff");
  }});
  const auto r = run(server);
  expect_conserved(r);
  EXPECT_EQ(r.members.closed, 1u);
  EXPECT_EQ(r.members.protocol_errors, 1u);
}

TEST(Room, PingsAreAnswered) {
  room_server server({.on_message = [](room_server& s, int n) {
    if (n == 5) s.ping_all();
  }});
  const auto r = run(server);
  EXPECT_EQ(r.reach, 1.0);
  EXPECT_TRUE(server.wait_for_pongs(members));
}

// What one member sends is lost, as the server does not read it; the others are not held up by that.
TEST(Room, AMemberTheServerDoesNotReadFromLosesItsMessages) {
  room_server server({.reads = [](int m) { return m != 4; }});
  const auto r = run(server);
  expect_conserved(r);
  EXPECT_EQ(r.members.closed, 0u);
  EXPECT_NEAR(r.reach.value(), 0.8, 0.02);
  EXPECT_EQ(static_cast<int>(r.deliveries.received), server.pushed());
}

// Somebody else in the room who never reads: his loss, not ours.
TEST(Room, AStrangerWhoStopsReadingDoesNotCountAsOurs) {
  room_server server(
      {.queue_limit = [](int m) { return m == 0 ? std::size_t{8} : std::size_t(-1); }, .send_buffer = 4096});
  asio::io_context io;
  websocket::stream<tcp::socket> stranger(io);
  stranger.next_layer().open(tcp::v4());
  stranger.next_layer().set_option(asio::socket_base::receive_buffer_size(2048));
  stranger.next_layer().connect({any_port.address(), server.port()});
  stranger.handshake("127.0.0.1", "/ws/room");
  ASSERT_TRUE(server.wait_for_members(1));
  plan p = short_plan(server.port());
  p.rate = 4000;
  const auto r = run_room(p, {});
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
  const auto r = run_room(p, stop.get_token());
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
  const auto json = to_json(run_room(p, stop.get_token()));
  EXPECT_EQ(json["window_s"], 0);
  EXPECT_EQ(json["interrupted"], true);
  EXPECT_EQ(json["messages"]["scheduled"], 0);
  EXPECT_TRUE(json["reach"].is_null());
  EXPECT_TRUE(json["generator"]["cpu_share"].is_null());
  EXPECT_TRUE(json["latency"]["delivery"]["p50"].is_null());
}

TEST(Room, JsonSaysWhatTheResultDoes) {
  room_server server({});
  const auto r = run(server);
  const auto json = to_json(r);
  EXPECT_EQ(json["plan"]["mode"], "room");
  EXPECT_EQ(json["plan"]["connections"], 5);
  EXPECT_EQ(json["members"]["joined"], 5);
  EXPECT_EQ(json["messages"]["sent"], r.messages.sent);
  EXPECT_EQ(json["deliveries"]["received"], r.deliveries.received);
  EXPECT_EQ(json["reach"], 1.0);
  EXPECT_EQ(json["latency"]["delivery"]["n"], r.deliveries.received);
}

std::string complaint(const plan& p) {
  try {
    run_room(p, {});
  } catch (const bad_plan& error) {
    return error.what();
  }
  return "none";
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
  const std::string nobody = "nobody could join " + p.url + ": ";
  asio::co_spawn(io, answer_not_found(acceptor), asio::detached);
  std::jthread plain_http([&] { io.run(); });
  EXPECT_EQ(complaint(p), nobody + "the server answers with status 404");
  io.stop();
  plain_http.join();
  p.connections = 1;
  p.timeout_s = 0.1;  // connects, as there is a backlog, but nobody answers
  EXPECT_EQ(complaint(p), nobody + "no answer in time");
  acceptor.close();
  EXPECT_EQ(complaint(p), nobody + "Connection refused");
  p.rate = 0;
  EXPECT_EQ(complaint(p), "a room needs a rate of messages a second");
  p.rate = 1;
  p.url = "http://127.0.0.1/ws/room";
  EXPECT_EQ(complaint(p), "'http://127.0.0.1/ws/room' is not a URL of the form ws://HOST[:PORT]/PATH");
}

}  // namespace
}  // namespace tvl::load
