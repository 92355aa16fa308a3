#pragma once
// Background connections: idle, idle WebSockets, pipelining clients, slow senders, slow readers, and clients that send
// garbage. They are not part of latency or throughput; replies, errors and lost connections are counted.
//
//   background_connections c({.idle = 1000}, parse_url("http://127.0.0.1:8080/", false));
//   c.wait_until_settled(10s, stop);
//   c.begin_window();
//   ...
//   nlohmann::json(c.end_window());
//
// One thread with one epoll loop. An idle connection costs 64 bytes and no CPU; one timer drives all slow clients.

#include "clients/load/background/garbage.hpp"
#include "clients/load/background/rotation.hpp"
#include "clients/load/base/descriptor.hpp"
#include "clients/load/base/socket_address.hpp"
#include "clients/load/plan/plan.hpp"
#include "clients/load/point/background_counts.hpp"
#include "clients/load/protocol/http_reply_reader.hpp"
#include "clients/load/protocol/url.hpp"
#include "clients/load/protocol/websocket_frames.hpp"
#include "clients/load/protocol/websocket_upgrade.hpp"

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
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

namespace tvl::load {

class background_connections {
 public:
  // Begins to connect, at most 256 at once. Connection i has the source address sources[i % size]; without sources the
  // kernel chooses. `headers`, "Name: value", are sent in all requests. Throws bad_plan: a negative count,
  // drip_s outside 1 ms to 1 h, read_bytes 0, greedy_depth outside 1 to 4096, no such cpu.
  background_connections(const background_plan&, const url& server, const std::vector<in_addr>& sources = {},
                         std::optional<int> cpu = {}, const std::vector<std::string>& headers = {});
  ~background_connections() = default;  // ends the thread and closes the connections
  background_connections(const background_connections&) = delete;
  background_connections& operator=(const background_connections&) = delete;

  // Waits until every connection is open (WebSockets: upgraded) or has failed once. False on timeout or stop.
  bool wait_until_settled(std::chrono::nanoseconds timeout, std::stop_token = {});
  // Resets the counts.
  void begin_window();
  // The counts since begin_window(). The connections stay open.
  background_counts end_window() const;

  // errno of the last failed connect; 0 = none.
  int last_error() const;

 private:
  enum class state : unsigned char { closed, connecting, upgrading, open };
  struct member {
    descriptor socket;
    std::uint32_t sent = 0;  // bytes of the current request
    std::int64_t since = 0;  // when it was opened; steady_clock nanoseconds
    std::variant<reply_reader, upgrade_reader, frame_reader> reader;
    std::uint32_t unsent = 0;  // pipelining: bytes of further requests that may be sent
    state now = state::closed;
    bool settled = false;  // its first connect() has succeeded or failed
    std::uint8_t failures = 0;
  };
  struct reconnect {
    std::int64_t at = 0;
    std::uint32_t member = 0;
    auto operator<=>(const reconnect&) const = default;
  };
  static_assert(sizeof(member) + sizeof(reconnect) <= 64, "memory of an idle connection");

  struct group {
    std::uint32_t size = 0;
    std::string request = {};  // empty = sends nothing
    background_group_counts counts = {};
    std::uint64_t open = 0;
  };
  enum { idle, idle_websockets, pipelining, slow_senders, slow_readers, garbage };

  void run(const std::stop_token&);
  std::int64_t next_wake() const;

  void open_due(std::int64_t now);
  void open(std::uint32_t);
  bool start_connect(std::uint32_t);
  void connected(std::uint32_t);
  void opened(std::uint32_t);
  void connect_failed(std::uint32_t, int error);
  void settle(member&);
  void note(std::uint32_t, const std::string& cause);
  void lose(std::uint32_t);
  void open_later(std::uint32_t);

  void ready(std::uint32_t, std::uint32_t events);
  void watch(std::uint32_t, std::uint32_t events);
  void receive(std::uint32_t, std::size_t most);
  void hung_up(std::uint32_t);

  void drip(std::uint32_t);
  bool send_some(std::uint32_t);
  void send_batch(std::uint32_t);
  void send_garbage(std::uint32_t);
  void read_replies(std::uint32_t, std::string_view bytes);
  void replied(std::uint32_t, const reply&);

  void upgrade(std::uint32_t);
  void read_upgrade(std::uint32_t, std::string_view bytes);
  void read_frames(std::uint32_t, std::string_view bytes);
  void answer(std::uint32_t, opcode);
  void send_rest(std::uint32_t);

  // Members are numbered by group, in the order of the enum above.
  int kind(std::uint32_t i) const;
  group& of(std::uint32_t i) { return groups_[static_cast<std::size_t>(kind(i))]; }

  const background_plan plan_;
  const socket_address server_;
  const std::vector<in_addr> sources_;
  const upgrade_offer offer_;
  const std::int64_t slice_;  // nanoseconds; drips due within one slice are handled together

  descriptor epoll_, stop_;
  std::vector<member> members_;
  std::priority_queue<reconnect, std::vector<reconnect>, std::greater<>> closed_;
  std::uint32_t connecting_ = 0;
  rotation drips_;
  std::uint32_t first_slow_;  // member
  std::string batch_;         // pipelining: greedy_depth + 1 requests, to send from any offset within the first
  garbage_source garbage_;
  std::vector<char> buffer_;
  incoming incoming_;
  std::unordered_map<std::uint32_t, std::string> controls_;  // by member: control frames its socket has not taken yet

  mutable std::mutex mutex_;  // guards the following
  std::condition_variable_any all_settled_;
  std::array<group, 6> groups_;
  std::size_t settled_ = 0;
  int last_error_ = 0;
  std::int64_t cpu_at_begin_ = 0;

  mutable std::jthread thread_;  // native_handle() is not const
};

}  // namespace tvl::load
