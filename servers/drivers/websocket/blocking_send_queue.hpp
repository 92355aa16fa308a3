#pragma once
// An outbox between threads. One thread waits for the connection's input, and writes what is left in the outbox when
// the socket takes it. Others, who send to a room or drain the server, write at once, and wake it up only when
// something is left.
//
// So a member of a room takes one thread, which waits for its socket and its loop_notifier at the same time. A second
// one to write would cost each member a stack, and each message a switch to it: here a message to a room is as many
// send() calls, and no other thread runs.

#include "servers/drivers/websocket/send_queue.hpp"
#include "servers/runtime/connections.hpp"
#include "servers/runtime/peer.hpp"

namespace tvl::waits::blocking {

class send_queue final : public runtime::drain_listener {
 public:
  explicit send_queue(runtime::peer&);
  ~send_queue();
  send_queue(const send_queue&) = delete;
  send_queue& operator=(const send_queue&) = delete;

  runtime::peer& peer() const { return out_.peer(); }

  void limit_to(const send_queue_limit& limit) { out_.limit_to(limit); }
  void open() { ring_if(out_.open()); }
  void send(frame message) { ring_if(out_.send(std::move(message))); }
  void write(std::string_view bytes) { ring_if(out_.write(bytes)); }
  void drain() override { close(close_code::going_away); }
  void close(close_code code) { ring_if(out_.close(code)); }
  void finish() { out_.finish(); }
  void count(runtime::websocket_work& done, std::uint64_t& bytes) { out_.count(done, bytes); }

  // Other threads will send, too. Closes it where the system has no descriptor left for the loop_notifier.
  void expect_others();

  // Whether there may be input only once everything is written; else when it comes.
  enum class input { behind_output, any_time };
  // Writes what is left, as the socket takes it. Returns when a read need not wait, or, with `may_wait`, when there is
  // nothing else to wait for.
  void wait(input, bool may_wait);

 private:
  void ring_if(bool something_left) const;

  basic_send_queue<std::mutex> out_;
  int bell_ = -1;  // an eventfd
};

}  // namespace tvl::waits::blocking
