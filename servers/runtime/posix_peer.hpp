#pragma once
// One accepted connection of a posix model: peer.hpp on a bare descriptor.

#include "servers/handler/session.hpp"
#include "servers/runtime/server.hpp"

#include <span>

namespace tvl::runtime {

class posix_peer {
 public:
  posix_peer(server&, int socket);  // takes ownership of the socket
  ~posix_peer();
  posix_peer(const posix_peer&) = delete;
  posix_peer& operator=(const posix_peer&) = delete;

  int socket() const { return socket_; }
  bool finished() const { return failed_ || session_.finished(); }

  // The readiness that exchange() needs. `nothing` when the last read filled the buffer or the last write was complete:
  // there may be more, which an edge-triggered wait would not report.
  enum class need { nothing, read, write };
  need next_need() const {
    if (session_.has_output()) return full_ ? need::write : need::nothing;
    return session_.hungry() && drained_ ? need::read : need::nothing;
  }
  void exchange(std::span<char> buffer);
  const handler::plan* next() {
    const auto* plan = session_.next();
    entry_.begun(session_.begun(), session_.another());
    planned_ = plan != nullptr;
    if (planned_) entry_.serving(true);
    return plan;
  }
  handler::session& session() { return session_; }  // for the reply
  void send();

 private:
  void receive(std::span<char> buffer);
  void write();

  connection_entry entry_;  // first, so that it is destroyed last
  handler::session session_;
  int socket_;
  bool failed_ = false;
  bool planned_ = false;  // a plan is being carried out
  bool drained_ = true;   // the last read emptied the socket
  bool full_ = false;     // the last write was partial
};

}  // namespace tvl::runtime
