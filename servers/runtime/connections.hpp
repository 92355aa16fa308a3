#pragma once
// All open connections of a process: deadlines, drain and totals.
//
// Deadlines and the drain work alike in every model: shutting down the receiving side of a socket wakes the thread in
// recv() or the coroutine that waits for input. An idle connection has both sides shut down, since it may be waiting
// for its client to read.

#include "servers/handler/session.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <vector>

namespace tvl::runtime {

class connections;

// Work of the connections that became WebSockets.
struct websocket_work {
  std::uint64_t upgrades = 0;
  std::uint64_t messages_in = 0;
  std::uint64_t messages_out = 0;       // whole messages written; one per member for a message to a room
  std::uint64_t messages_dropped = 0;   // for members of a room that were too slow or gone
  std::uint64_t protocol_failures = 0;  // connections ended for a client's violation of the protocol

  websocket_work& operator+=(const websocket_work&);
};

// Notified of the drain or of the idle timeout instead of having its input shut down.
class drain_listener {
 public:
  // Called on any thread, perhaps more than once; must not block.
  virtual void drain() = 0;

 protected:
  ~drain_listener() = default;
};

// Member of the list of connections. It must outlive everything else of its connection: the program ends with the last
// entry. A request that arrives whole costs it nothing.
class connection_entry {
 public:
  connection_entry(connections&, int socket);
  ~connection_entry();
  connection_entry(const connection_entry&) = delete;
  connection_entry& operator=(const connection_entry&) = delete;

  // Call after every read: whether a request is incomplete, and whether it is a different one than before.
  void begun(bool yes, bool another) {
    if (another || yes != (since_.load(std::memory_order_relaxed) != idle)) mark(yes);
  }
  // The client waits for the server (from a plan until its reply is written), so the connection is not idle. Ignored
  // with a drain_listener.
  void serving(bool yes) {
    if (yes != serving_.load(std::memory_order_relaxed)) serving_.store(yes, std::memory_order_relaxed);
  }
  // The end of input is a deadline that passed, not the client's doing.
  bool timed_out() const { return since_.load(std::memory_order_relaxed) == too_late; }
  // Registers the listener, which is called at once if the drain has begun; null removes it.
  void on_drain(drain_listener*);
  void add(const websocket_work&);
  // The socket is about to be closed and must not be used here any more.
  void closing();
  // Work counters of this connection, added to the totals at its end, so that threads share no counter.
  handler::work& work() { return work_; }

 private:
  friend class connections;
  static constexpr std::uint32_t idle = 0, too_late = 1;
  void mark(bool yes);
  // Milliseconds since the last traffic; 0 where the delay is the server's.
  std::uint32_t idle_for(std::uint32_t now) const;
  void end_idle();

  connections& all_;
  connection_entry* next_ = nullptr;
  connection_entry* previous_ = nullptr;
  drain_listener* drain_listener_ = nullptr;
  handler::work work_;
  // steady_clock milliseconds of the request's first byte; wraps after 49 days, differences stay right.
  std::atomic<std::uint32_t> since_ = idle;
  int socket_;  // -1 once closing
  // For connections::end_idle(): milliseconds as above of the last known traffic.
  std::uint32_t active_at_;
  std::atomic<bool> serving_ = false;
  bool ended_idle_ = false;
  std::atomic<bool> watched_ = false;  // see connections::watched_
};

struct totals {
  std::uint64_t accepted = 0;
  std::uint64_t refused = 0;     // beyond --max-connections; not in `accepted`, and their 503s are not in `replies`
  std::uint64_t timed_out = 0;   // requests, and WebSocket close handshakes
  std::uint64_t ended_idle = 0;  // connections without traffic for too long
  handler::work work;
  websocket_work websockets;

  totals& operator+=(const totals&);
};

class connections {
 public:
  // Ends the input of connections whose request began more than `timeout` ago. It only visits connections with a
  // request begun: visiting 16,000 idle ones ten times a second would cost a loop as much as a sixth of 2000 requests
  // per second.
  void sweep(std::chrono::milliseconds timeout);
  // Ends connections without traffic for `timeout` unless the client waits for the server: no request, no message, or
  // output that is not read. The kernel knows the time of the last traffic and is asked once per `timeout` and
  // connection, so it costs a request nothing; a connection that was busy then may last twice as long.
  void end_idle(std::chrono::milliseconds timeout);
  // Ends the input of all connections, also of later ones; received requests are still answered. Notifies
  // drain_listeners.
  void drain();
  bool none() const { return count() == 0; }
  std::size_t count() const;
  // Complete once no connection is left.
  totals sum() const;

 private:
  friend class connection_entry;
  bool is_late(connection_entry&, std::uint32_t now, std::chrono::milliseconds timeout);

  mutable std::mutex mutex_;
  connection_entry* first_ = nullptr;
  // Connections with a request begun, and until the next sweep() perhaps complete. watching_ is always locked last: a
  // drain_listener called under mutex_ may mark its connection.
  std::vector<connection_entry*> watched_;
  std::mutex watching_;
  std::size_t count_ = 0;
  bool draining_ = false;
  totals totals_;
};

}  // namespace tvl::runtime
