#pragma once
// Send queue between threads. The connection's thread waits for input and writes queued frames when the socket is
// writable. Other threads (members of a room, the drain) write at once and wake it only when something stays queued.
//
// So a member of a room takes one thread, which polls its socket and an eventfd. A second thread for writing would cost
// each member a stack and each message a context switch; here a message costs one send() per member.

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
  void open() { notify_if(out_.open()); }
  void send(frame message) { notify_if(out_.send(std::move(message))); }
  void write(std::string_view bytes) { notify_if(out_.write(bytes)); }
  void drain() override { close(close_code::going_away); }
  void close(close_code code) { notify_if(out_.close(code)); }
  void finish() { out_.finish(); }
  void count(runtime::websocket_work& done, std::uint64_t& bytes) { out_.count(done, bytes); }

  // Other threads will send. Closes the WebSocket when no descriptor is left for the eventfd.
  void allow_other_threads();

  // Whether input waits until queued output is written.
  enum class input { behind_output, any_time };
  // Writes queued frames as the socket takes them. Returns when a read does not block, or with `may_wait` when only
  // input is left to wait for.
  void wait(input, bool may_wait);

 private:
  void notify_if(bool something_left) const;

  basic_send_queue<std::mutex> out_;
  int wakeup_ = -1;  // eventfd
};

}  // namespace tvl::waits::blocking
