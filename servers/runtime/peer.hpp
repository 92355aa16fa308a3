#pragma once
// One accepted connection of a Boost.Asio model: its socket, its session, and the reads and writes between them.
//
// exchange() and send() make one attempt each. It blocks on a blocking socket; with a non-blocking one the model has
// waited before. That is the whole difference between the thread and the loop models.

#include "servers/handler/session.hpp"
#include "servers/runtime/asio_types.hpp"
#include "servers/runtime/listener.hpp"
#include "servers/runtime/server.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>

#include <array>
#include <cstdint>
#include <span>

namespace tvl::runtime {

class peer {
 public:
  peer(server& s, tcp_socket socket)
      : entry_(s.connections, socket.native_handle()), socket_(std::move(socket)), session_(entry_.work()) {
    prepare_accepted(socket_.native_handle());
  }
  ~peer() { entry_.closing(); }

  tcp_socket& socket() { return socket_; }
  // The connection has ended, in order or by an error.
  bool finished() const { return failed_ || session_.finished(); }

  // The readiness that exchange() needs, for models that wait first.
  tcp_socket::wait_type next_wait() const {
    return session_.hungry() && !session_.has_output() ? tcp_socket::wait_read : tcp_socket::wait_write;
  }
  // Writes pending output; without any, reads once and feeds the session.
  void exchange(std::span<char> buffer);
  // The session's next plan. While it is carried out the client waits for the server, so no deadline of the client
  // runs.
  const handler::plan* next() {
    const auto* plan = session_.next();
    entry_.begun(session_.begun(), session_.another());
    planned_ = plan != nullptr;
    if (planned_) entry_.serving(true);
    return plan;
  }
  // For the reply; next() is called here instead. After upgrade() the caller reads, writes and counts.
  handler::session& session() { return session_; }
  handler::work& work() { return entry_.work(); }
  connection_entry& entry() { return entry_; }
  // Writes pending output once.
  void send();
  // The client has closed its side, or the connection is lost. Asks TCP instead of reading, so that neither pipelined
  // requests nor the drain's shutdown of the input hide it.
  bool gone();

 private:
  void receive(std::span<char> buffer);
  void write();
  void end_sending();

  // First, so that it is destroyed last. The flags fill its padding of one byte: a second byte would cost each idle
  // connection 16.
  [[no_unique_address]] connection_entry entry_;
  bool failed_ : 1 = false;
  bool planned_ : 1 = false;  // a plan is being carried out
  tcp_socket socket_;
  handler::session session_;
};

// See server.hpp.
inline bool refused(server& s, tcp_socket& socket) {
  boost::system::error_code ec;
  return s.full() && refused(s, socket.release(ec));
}

}  // namespace tvl::runtime
