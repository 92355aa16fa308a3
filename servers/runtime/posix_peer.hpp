#pragma once
// One accepted connection of a hand-written model: what peer.hpp is to the Boost.Asio models, on the bare descriptor.

#include "servers/handler/session.hpp"
#include "servers/runtime/server.hpp"

#include <span>

namespace tvl::runtime {

class posix_peer {
 public:
  posix_peer(server&, int socket);  // owns the socket from here on
  ~posix_peer();
  posix_peer(const posix_peer&) = delete;
  posix_peer& operator=(const posix_peer&) = delete;

  int socket() const { return socket_; }
  bool finished() const { return failed_ || session_.finished(); }

  // What exchange() is going to do to the socket, for a model that waits first. Nothing, when the last read filled the
  // buffer or the last write was taken whole: then there may be more, which an edge-triggered wait would not report.
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

  connection_entry entry_;  // first, so that it is the last to go
  handler::session session_;
  int socket_;
  bool failed_ = false;
  bool planned_ = false;  // the client waits for what a plan brings
  bool drained_ = true;   // the last read took all there was
  bool full_ = false;     // the last write did not find room for all
};

}  // namespace tvl::runtime
