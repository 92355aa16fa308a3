#pragma once
// One generator thread: an epoll loop over its part of the connections; threads share nothing.
//
// Sockets are registered once, edge-triggered. A request costs one send(), one recv() and part of an epoll_wait().
// io_uring would save a client that measures nothing 1 to 7 % of that here. But asio_loop takes 1.14 times the CPU for
// a request of 64 connections whose client sends by io_uring, asio_threads 1.01 times: the comparison would depend on
// it.

#include "clients/load/base/clock.hpp"
#include "clients/load/base/socket_address.hpp"
#include "clients/load/engine/connection.hpp"
#include "clients/load/engine/pause_meter.hpp"
#include "clients/load/engine/pending_queue.hpp"
#include "clients/load/engine/prepared_target.hpp"
#include "clients/load/engine/recorder.hpp"
#include "clients/load/plan/plan.hpp"

#include <netinet/in.h>

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <queue>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace tvl::load {

// The times of a run, set by the thread that runs the load and read by the engines. steady_clock nanoseconds.
struct timetable {
  std::atomic<std::int64_t> start = never;         // first request
  std::atomic<std::int64_t> window_begin = never;  // counting begins
  std::atomic<std::int64_t> window_end = never;    // all stop; set to an earlier time to stop early
};

// The part of the plan that one engine executes.
struct engine_partition {
  std::size_t first = 0;  // number of its first connection
  int connections = 0;
  std::size_t first_surge = 0;  // of the connections that arrive late; they are numbered last
  int surge = 0;
  std::uint64_t requests = 0;  // see plan::requests
  double rate_share = 1;       // of the plan's rates
  double phase = 0;            // see schedule
  std::uint64_t seed = 0;
  bool spin = false;
};

// How a connection is opened.
struct opening {
  socket_address server;
  std::vector<in_addr> sources;  // connection i has the source address sources[i % size]; empty = the kernel's choice
  upgrade_offer upgrade;         // to a WebSocket; empty = plain HTTP
};

class engine {
 public:
  engine(const plan&, const engine_partition&, const std::vector<prepared_target>&, const opening&, const timetable&);
  ~engine();
  engine(const engine&) = delete;
  engine& operator=(const engine&) = delete;

  // Opens the connections, runs until window_end, closes them. Call it on the engine's own thread.
  void run();

  // Connections that have warmed up (answered one request; only opened, when each is for one request) or have failed
  // once. The load can start when all have.
  int settled() const { return settled_.load(std::memory_order_relaxed); }
  // Largest number open at the same time.
  int most_established() const { return most_established_.load(std::memory_order_relaxed); }
  bool ended() const { return ended_at_.load() != never; }
  // When the window ended: at window_end, or earlier once the last of plan::requests was answered.
  std::int64_t ended_at() const { return ended_at_.load(); }
  // Why the first failed connect failed, in words; none = none failed.
  std::optional<std::string> connect_error() const;

  recorder& records() { return records_; }
  const std::vector<connection>& slots() const { return slots_; }
  // When every slot of the reconnect storm or the connection surge had an ok reply; never = not in the window.
  std::int64_t all_served_at() const { return all_served_at_; }
  // CPU time of this thread inside the window.
  std::int64_t window_cpu_ns() const { return window_cpu_ns_; }
  // For how long this thread did not run inside the window although it had to.
  std::int64_t paused_ns() const { return pauses_.paused(); }
  // For how long after timetable::start this thread began.
  std::int64_t start_late_ns() const { return start_late_ns_; }

 private:
  using state = connection::state;
  // All slots but those of the surge.
  std::span<connection> early_slots() {
    return std::span(slots_).first(static_cast<std::size_t>(partition_.connections));
  }
  static constexpr std::uint64_t no_quota = UINT64_MAX;
  // Connects (30 us each) between two polls: reopened connections are served while the rest reconnects, and due
  // requests wait less than a millisecond.
  static constexpr std::size_t most_at_once = 16;

  static bool under_way(const connection& c) { return c.now == state::waiting || c.repeats; }

  void poll();
  // Each reading costs 50 to 70 ns here, less than a hundredth of a request: what is done between two readings has the
  // time of the first.
  std::int64_t read_clock();
  std::int64_t next_wake() const;
  void advance(std::int64_t now);
  void start(std::int64_t at);
  void begin_window();
  void end_window(std::int64_t at);
  void end_unanswered(std::int64_t until);
  std::uint64_t waiting_for_connection() const;
  void watch(std::int64_t now);
  void reopen_due(std::int64_t now);

  std::vector<schedule::rate_change> rate_changes(std::int64_t window_begin) const;
  void plan_change(std::int64_t window_begin);
  void change(std::int64_t now);
  void drop(connection&, std::int64_t now);
  void rejoin();
  void served(connection&, std::int64_t now);

  void open_some(std::int64_t now);
  std::size_t number_of(const connection&) const;
  void open(connection&, std::int64_t now);
  void connected(connection&, std::int64_t now);
  void established(connection&, std::int64_t now);
  void connect_failed(connection&, int error, std::int64_t now);
  void note_connect_error(const std::string& cause);
  void settle(connection&, std::int64_t now);
  void close(connection&);
  void reopen(connection&, std::int64_t now);

  void ready(connection&, std::uint32_t events);
  void receive(connection&, bool hang_up);
  void read(connection&, std::string_view bytes, bool hang_up, std::int64_t now);
  void hung_up(connection&, std::int64_t now);
  void closed_early(connection&, std::int64_t now);
  void replied(connection&, const reply&, std::int64_t now);
  void replace(connection&, std::int64_t now);
  void fail(connection&, std::uint64_t request_counts::*kind, std::int64_t now);
  void end_request(connection&, std::uint64_t request_counts::*kind, std::int64_t now);

  // engine_websockets.cpp
  void upgrade(connection&, std::string_view bytes, std::int64_t now);
  void refuse(connection&, const std::string& cause, std::int64_t now);
  void read_frames(connection&, std::string_view bytes, bool hang_up, std::int64_t now);
  bool answers(connection&, std::string_view payload, bool& right, std::int64_t now);
  void unasked(std::string_view payload);
  std::int64_t patience() const;
  void wrong_echo(connection&, std::int64_t now);
  void explain_wrong_echo(const connection&);
  void websocket_closed(connection&, const std::string& cause, std::int64_t now);
  void websocket_failed(connection&, const std::string& cause, std::int64_t now);
  void websocket_hung_up(connection&, std::int64_t now);
  void answer_control(connection&, opcode, std::string_view payload);
  bool in_a_message(const connection&) const;
  bool send_controls(connection&);

  void set_free(connection&, std::int64_t now);
  void make_due(connection&, std::int64_t at);
  void plan_next(connection&, std::int64_t now);
  void end_thinking(std::int64_t now);
  void fall_due(std::int64_t before);
  void send_due(std::int64_t now);
  std::uint16_t draw_target();
  void send(connection&, std::int64_t due, std::int64_t now);
  void write(connection&, std::int64_t now);
  void send_rest(connection&);

  const plan& plan_;
  const engine_partition partition_;
  const opening& opening_;
  const std::vector<prepared_target>& targets_;
  const timetable& times_;
  const std::int64_t timeout_ns_, think_ns_, ramp_ns_;
  const std::int64_t watch_period_;  // at least this between two checks for time-outs: they cost a look at every slot
  // Connection warm-up: one request on every connection before the load begins. An established connection may still be
  // in the server's listen backlog; under load it could stay there while accepted connections are served.
  const bool warms_up_;

  int epoll_ = -1;
  std::vector<connection> slots_;
  std::vector<char> buffer_;
  recorder records_;

  enum class phase { connecting, warming, measuring, ended } phase_ = phase::connecting;
  std::int64_t created_ = 0;
  std::int64_t now_ = 0;    // when the clock was last read
  std::size_t opened_ = 0;  // slots whose first connect() has been called
  std::int64_t next_watch_ = 0;
  std::int64_t cpu_at_begin_ = 0;
  std::int64_t window_cpu_ns_ = 0;
  std::int64_t start_late_ns_ = 0;
  pause_meter pauses_;
  std::uint64_t in_flight_ = 0;  // requests that were sent and have not ended

  struct reopening {
    std::int64_t at = 0;
    connection* slot = nullptr;
    auto operator<=>(const reopening&) const = default;
  };
  // Closed slots that wait for their next try. An entry is stale when its slot is no longer closed, or tries later.
  std::priority_queue<reopening, std::vector<reopening>, std::greater<>> reopenings_;

  std::int64_t next_change_ = never;  // of the storm or the surge
  std::size_t rejoining_;             // next slot to be opened by a storm or surge; slots_.size() = none
  std::size_t unserved_ = 0;          // slots with connection::unserved
  std::int64_t all_served_at_ = never;

  std::optional<pending_queue> queue_;  // open loop
  std::deque<connection*> thinking_;    // closed loop with think time: due at connection::due; soonest first
  std::uint64_t quota_ = no_quota;      // requests that may still be sent
  std::deque<connection*> free_;        // open loop; FIFO, so that all connections are used equally
  std::mt19937_64 random_;              // for draw_target()
  std::uniform_real_distribution<double> uniform_;

  std::unordered_map<connection*, std::string> controls_;  // control frames that a socket has not taken yet
  std::int64_t slowest_echo_ = 0;                          // nanoseconds after its message; 0 = there was none
  bool wrong_echoes_ = false;                              // there was one
  std::string strange_text_;                               // begin of the last message that was not the echo

  std::atomic<int> settled_ = 0;
  std::atomic<int> established_ = 0, most_established_ = 0;
  std::atomic<std::int64_t> ended_at_ = never;

  mutable std::mutex mutex_;  // guards the following
  std::optional<std::string> connect_error_;
};

}  // namespace tvl::load
