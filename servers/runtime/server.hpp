#pragma once
// The life of a server program around its model: flags, limits, listening socket, ready line, deadlines,
// drain, counters.

#include "servers/runtime/connections.hpp"
#include "servers/runtime/options.hpp"
#include "servers/runtime/refusals.hpp"

#include <signal.h>

#include <chrono>
#include <string>
#include <vector>

namespace tvl::runtime {

// Bytes a model reads at once.
inline constexpr std::size_t read_size = 16u << 10;

// How long a model leaves accept() alone when descriptors or memory have run out.
inline constexpr std::chrono::milliseconds accept_back_off{20};

// How long a drain may take before the connections still open are given up.
inline constexpr std::chrono::seconds drain_limit{5};

// How often a model calls server::tick(), and how often in a drain: a program whose last connection is gone should end.
inline constexpr std::chrono::milliseconds tick_period{100}, drain_tick_period{10};

class server {
 public:
  runtime::options options;
  // One, or one per thread where the model wants it. Shut down when the drain begins: accept() then fails with EINVAL.
  std::vector<int> listeners;
  runtime::connections connections;
  runtime::refusals refusals;
  // A library reads and writes: bytes and late requests are not known here and are null in the counters.
  bool library_http = false;

  // Any of these begins the drain. Blocked in all threads: tick() asks for them.
  sigset_t stop_signals{};

  // With a supervisor (supervisor.hpp): in that one, what its children have done; in a child, the pipe to it.
  totals children;
  int parent = -1;

  // Whether another connection would be more than --max-connections. Several threads that accept at the same moment may
  // each take one more.
  bool full() const;

  // What has to be done now and then, by whichever thread or coroutine the model has for it: ends the input
  // of requests that take too long and connections that are idle for too long, and begins the drain after a stop
  // signal. False when the drain is over.
  bool tick();
  // Until tick() is to be called again.
  std::chrono::milliseconds next_tick() const { return draining() ? drain_tick_period : tick_period; }
  // Says what was done: a line of JSON on stdout, or a `totals` to the parent.
  void report() const;

 private:
  bool draining() const { return give_up_ != std::chrono::steady_clock::time_point{}; }

  std::chrono::steady_clock::time_point give_up_{};  // of a drain that has begun
};

// To be asked before anything is made for an accepted socket: true when it is one too many, and was refused with a 503
// and taken over.
bool refused(server&, int socket);

// Parses the flags, listens, prints the ready line and calls `model`, which returns when the listener was
// shut down and its last connection has ended. Reports. Returns main()'s exit code.
int serve(int argc, char** argv, const std::string& about, const model_flags&, void (*model)(server&));

}  // namespace tvl::runtime
