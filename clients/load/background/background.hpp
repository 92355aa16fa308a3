#pragma once
// The connections beside the active ones: idle, idle WebSockets, greedy, slow senders, slow readers. They take no part
// in latency or throughput; they are there, as real ones are, and it is counted what the server does to them.
//
//   crowd c({.idle = 1000}, parse_url("http://127.0.0.1:8080/", false));
//   c.wait_until_settled(10s, stop);
//   c.begin_window();
//   ...
//   nlohmann::json(c.end_window());
//
// One thread with one epoll loop. An idle connection costs it 64 bytes and no CPU; all drips come from one timer.

#include "clients/load/background/rotation.hpp"
#include "clients/load/base/descriptor.hpp"
#include "clients/load/plan/plan.hpp"
#include "clients/load/point/background_counts.hpp"
#include "clients/load/protocol/http_reply_reader.hpp"
#include "clients/load/protocol/url.hpp"
#include "clients/load/protocol/websocket_frames.hpp"

#include <netinet/in.h>

#include <array>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <queue>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

namespace tvl::load {

class crowd {
 public:
  // Begins to connect, at most 256 at once. Connection number i comes from sources[i % size]; without sources the
  // kernel picks the address. Throws bad_plan: a negative number, drip_s not within 1 ms to 1 h, read_bytes 0,
  // greedy_depth not within 1 to 4096, no such cpu.
  crowd(const background_plan&, const url& server, const std::vector<in_addr>& sources = {},
        std::optional<int> cpu = {});
  ~crowd() = default;  // ends the thread and closes the connections
  crowd(const crowd&) = delete;
  crowd& operator=(const crowd&) = delete;

  // Waits until every connection is open, WebSockets upgraded, or has failed once. False when the time was over or stop
  // was requested before.
  bool wait_until_settled(std::chrono::nanoseconds timeout, std::stop_token = {});
  // Forgets what has been counted until now.
  void begin_window();
  // What has been counted since begin_window(). The crowd stays as it is.
  background_counts end_window() const;

  // errno of the last connect that failed; 0 = none has.
  int last_error() const;

 private:
  enum class state : unsigned char { closed, connecting, upgrading, open };
  struct member {
    descriptor socket;
    std::uint32_t sent = 0;  // bytes of the request at hand
    std::int64_t since = 0;  // open: since when; steady_clock nanoseconds
    std::variant<reply_reader, upgrade_reader, frame_reader> reader;
    std::uint32_t unsent = 0;  // greedy: bytes of further requests that may be sent
    state now = state::closed;
    bool settled = false;  // its first connect() has ended, one way or the other
    std::uint8_t failures = 0;
  };
  struct appointment {
    std::int64_t at = 0;
    std::uint32_t member = 0;
    auto operator<=>(const appointment&) const = default;
  };
  static_assert(sizeof(member) + sizeof(appointment) <= 64, "what an idle connection costs the generator");

  struct population {
    std::uint32_t size = 0;
    std::string request = {};  // empty = silent
    background_group_counts counts = {};
    std::uint64_t open = 0;
  };
  enum { idle, idle_websockets, greedy, slow_senders, slow_readers };

  void run(const std::stop_token&);
  std::int64_t next_wake() const;

  void open_due(std::int64_t now);
  void open(std::uint32_t);
  bool start_connect(std::uint32_t);
  void connected(std::uint32_t);
  void opened(std::uint32_t);
  void connect_failed(std::uint32_t, int error);
  void settle(member&);
  void lose(std::uint32_t);
  void open_later(std::uint32_t);

  void ready(std::uint32_t, std::uint32_t events);
  void watch(std::uint32_t, std::uint32_t events);
  void receive(std::uint32_t, std::size_t most);
  void hung_up(std::uint32_t);

  void drip(std::uint32_t);
  bool send_some(std::uint32_t);
  void send_batch(std::uint32_t);
  void read_replies(std::uint32_t, std::string_view bytes);
  void replied(std::uint32_t, const reply&);

  void upgrade(std::uint32_t);
  void read_upgrade(std::uint32_t, std::string_view bytes);
  void read_frames(std::uint32_t, std::string_view bytes);
  void answer(std::uint32_t, opcode);

  // Members are numbered by population, in the order of the enum above.
  int kind(std::uint32_t i) const;
  population& of(std::uint32_t i) { return populations_[static_cast<std::size_t>(kind(i))]; }

  // Any will do: nobody between us and the server has to be fooled by a random one (RFC 6455 10.3).
  static constexpr std::string_view websocket_key = "dGhyZWFkcyB2cyBsb29wIQ==";

  const background_plan plan_;
  const sockaddr_in server_;
  const std::vector<in_addr> sources_;
  const std::int64_t slice_;  // drips that fall due within it are done together

  descriptor epoll_, stop_;
  std::vector<member> members_;
  std::priority_queue<appointment, std::vector<appointment>, std::greater<>> closed_;  // to be opened (again)
  std::uint32_t connecting_ = 0;
  rotation drips_;
  std::uint32_t first_slow_;  // member
  std::string batch_;         // what a greedy member may have to send at once, beginning anywhere in a request
  std::vector<char> buffer_;
  incoming incoming_;

  mutable std::mutex mutex_;  // of what both threads touch: the following
  std::condition_variable_any all_settled_;
  std::array<population, 5> populations_;
  std::size_t settled_ = 0;
  int last_error_ = 0;
  std::int64_t cpu_at_begin_ = 0;

  mutable std::jthread thread_;  // native_handle() is not const
};

}  // namespace tvl::load
