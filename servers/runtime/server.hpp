#pragma once
// Frame of a server program around its model: flags, limits, listening sockets, ready line, deadlines, drain, counters.

#include "servers/runtime/connections.hpp"
#include "servers/runtime/options.hpp"
#include "servers/runtime/refusals.hpp"

#include <signal.h>

#include <chrono>
#include <string>
#include <vector>

namespace tvl::runtime {

// Bytes of one read.
inline constexpr std::size_t read_size = 16u << 10;

// Pause after accept() ran out of descriptors or memory.
inline constexpr std::chrono::milliseconds accept_back_off{20};

// Longest drain; connections still open after it are abandoned.
inline constexpr std::chrono::seconds drain_limit{5};

// Periods of server::tick(): normal, and in a drain, so that the program ends soon after its last connection.
inline constexpr std::chrono::milliseconds tick_period{100}, drain_tick_period{10};

class server {
 public:
  runtime::options options;
  // One, or one per thread. Shut down when the drain begins: accept() then fails with EINVAL.
  std::vector<int> listeners;
  runtime::connections connections;
  runtime::refusals refusals;
  // A library does the HTTP: bytes and timeouts are unknown and null in the counters.
  bool library_http = false;

  // Signals that begin the drain. Blocked in all threads; tick() polls them.
  sigset_t stop_signals{};

  // With a supervisor (supervisor.hpp): in the parent, the totals of its children; in a child, the pipe to the parent.
  totals children;
  int parent = -1;

  // Whether --max-connections is reached. Threads that accept concurrently may each exceed it by one.
  bool full() const;

  // Periodic work: ends late requests and idle connections, and begins the drain after a stop signal. Any thread or
  // coroutine may call it. False when the drain is over.
  bool tick();
  // Time until the next tick().
  std::chrono::milliseconds next_tick() const { return draining() ? drain_tick_period : tick_period; }
  // Prints the counters as a line of JSON, or sends `totals` to the parent.
  void report() const;

 private:
  bool draining() const { return give_up_ != std::chrono::steady_clock::time_point{}; }

  std::chrono::steady_clock::time_point give_up_{};  // of a drain that has begun
};

// Call for every accepted socket first: true when it exceeded --max-connections; then it was answered with a 503 and
// taken over.
bool refused(server&, int socket);

// Parses flags, listens, prints the ready line and calls `model`, which returns when the listener is shut down and the
// last connection has ended. Prints the counters. Returns the exit code.
int serve(int argc, char** argv, const std::string& about, const model_flags&, void (*model)(server&));

}  // namespace tvl::runtime
