#pragma once
// All open connections of a process: who is late, who has to go at the end, and what was done in total.
//
// Deadlines and the drain work the same way for every model: the receiving side of a socket is shut
// down, and whoever waits for its bytes, a thread in recv() or a coroutine in the loop, sees its end. An idle
// connection has both sides shut down, as it may be one that waits for its client to take something.

#include "servers/handler/session.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <vector>

namespace tvl::runtime {

class connections;

// What was done on the connections that became WebSockets.
struct websocket_work {
  std::uint64_t upgrades = 0;
  std::uint64_t messages_in = 0;
  std::uint64_t messages_out = 0;       // whole messages written; to a room, one for each member
  std::uint64_t messages_dropped = 0;   // meant for a member of a room that was too slow, or gone
  std::uint64_t protocol_failures = 0;  // connections that were ended for what the client sent

  websocket_work& operator+=(const websocket_work&);
};

// Told of the drain, or that it was idle for too long, in place of having its input ended.
class drain_listener {
 public:
  // On any thread, perhaps more than once; must not wait.
  virtual void drain() = 0;

 protected:
  ~drain_listener() = default;
};

// A member of the list for as long as it lives, which has to be longer than all else of the connection: when
// the last entry is gone the program ends. Costs a request that arrives whole nothing.
class connection_entry {
 public:
  connection_entry(connections&, int socket);
  ~connection_entry();
  connection_entry(const connection_entry&) = delete;
  connection_entry& operator=(const connection_entry&) = delete;

  // To be told after every read: whether a request has begun and is not complete, and whether it is another
  // one than the last time.
  void begun(bool yes, bool another) {
    if (another || yes != (since_.load(std::memory_order_relaxed) != idle)) mark(yes);
  }
  // The client waits for the server, so that the connection is not idle: from a plan until its reply has been written.
  // One with a drain_listener is the client's all the time.
  void serving(bool yes) {
    if (yes != serving_.load(std::memory_order_relaxed)) serving_.store(yes, std::memory_order_relaxed);
  }
  // The end of input is a deadline that passed, not the peer's doing.
  bool timed_out() const { return since_.load(std::memory_order_relaxed) == too_late; }
  // From now on, at once where the drain has begun already, or null: nobody.
  void on_drain(drain_listener*);
  void add(const websocket_work&);
  // The socket is about to be closed and must not be touched from here any more.
  void closing();
  // What this connection's session counts its work in: its own, added to the totals when it ends, so that
  // threads do not share a counter.
  handler::work& work() { return work_; }

 private:
  friend class connections;
  static constexpr std::uint32_t idle = 0, too_late = 1;
  void mark(bool yes);
  // For how many milliseconds nothing has moved; 0 where the server is to blame for that.
  std::uint32_t idle_for(std::uint32_t now) const;
  void end_idle();

  connections& all_;
  connection_entry* next_ = nullptr;
  connection_entry* previous_ = nullptr;
  drain_listener* drain_listener_ = nullptr;
  handler::work work_;
  // steady_clock milliseconds of the request's first byte; wraps after 49 days, which differences survive.
  std::atomic<std::uint32_t> since_ = idle;
  int socket_;  // -1 once it is closing
  // The rest is for connections::end_idle(). Milliseconds as above: it was not idle then.
  std::uint32_t active_at_;
  std::atomic<bool> serving_ = false;
  bool ended_idle_ = false;
  std::atomic<bool> watched_ = false;  // see connections
};

struct totals {
  std::uint64_t accepted = 0;
  std::uint64_t refused = 0;     // more than --max-connections; not among the accepted, nor is their 503 a reply
  std::uint64_t timed_out = 0;   // requests, and closing handshakes of WebSockets, that took too long
  std::uint64_t ended_idle = 0;  // connections on which nothing moved for too long
  handler::work work;
  websocket_work websockets;

  totals& operator+=(const totals&);
};

class connections {
 public:
  // Ends the input of connections whose request began longer than `timeout` ago. Looks at those whose request has begun
  // and at no others: to look at 16,000 idle ones, ten times a second, would be a sixth of what a loop does for 2000
  // requests in that second.
  void sweep(std::chrono::milliseconds timeout);
  // Ends connections on which nothing has moved for `timeout` while the client was not waiting for the server: it sends
  // no request, or no message, or does not take what is written to it. When something moved last, the kernel knows, and
  // is asked once per `timeout` and connection: it costs a request nothing, and one that was busy when it was looked at
  // may last twice as long.
  void end_idle(std::chrono::milliseconds timeout);
  // Ends the input of all, now and to come: what has arrived is still answered. Tells those who listen for it.
  void drain();
  bool none() const { return count() == 0; }
  std::size_t count() const;
  // Complete once there are none left.
  totals sum() const;

 private:
  friend class connection_entry;
  bool is_late(connection_entry&, std::uint32_t now, std::chrono::milliseconds timeout);

  mutable std::mutex mutex_;
  connection_entry* first_ = nullptr;
  // Those with a request that has begun, and perhaps, until the next sweep(), with one that is complete by now. The
  // lock is the last that anybody takes: a drain_listener may begin something while it is told, under the other.
  std::vector<connection_entry*> watched_;
  std::mutex watching_;
  std::size_t count_ = 0;
  bool draining_ = false;
  totals totals_;
};

}  // namespace tvl::runtime
