#pragma once
// Send queue on a loop, for its thread only, so without a lock. Queued frames are written when the socket becomes
// writable, independently of the coroutine.

#include "servers/drivers/websocket/send_queue.hpp"
#include "servers/runtime/connections.hpp"
#include "servers/runtime/peer.hpp"

#include <memory>

namespace tvl::waits::awaiting {

// Owned by the connection's coroutine; handlers keep weak_ptrs.
class send_queue final : public runtime::drain_listener, public std::enable_shared_from_this<send_queue> {
 public:
  explicit send_queue(runtime::peer& p) : out_(p) {}

  runtime::peer& peer() const { return out_.peer(); }

  void limit_to(const send_queue_limit& limit) { out_.limit_to(limit); }
  void open() { watch_if(out_.open()); }
  void send(frame message) { watch_if(out_.send(std::move(message))); }
  void write(std::string_view bytes) { watch_if(out_.write(bytes)); }
  // May be called on another thread.
  void drain() override;
  void close(close_code code) { watch_if(out_.close(code)); }
  void finish() { out_.finish(); }
  void count(runtime::websocket_work& done, std::uint64_t& bytes) { out_.count(done, bytes); }

  void flush() { out_.flush(); }
  bool waiting() const { return out_.waiting(); }

 private:
  void watch_if(bool something_left);

  basic_send_queue<no_mutex> out_;
};

}  // namespace tvl::waits::awaiting
