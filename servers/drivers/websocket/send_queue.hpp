#pragma once
// Bounded, non-blocking WebSocket send queue: try_send immediately, queue the remainder. So a slow reader delays
// neither its room nor the drain.

#include "servers/drivers/websocket/server_frame.hpp"
#include "servers/drivers/websocket/websocket_limits.hpp"
#include "servers/runtime/peer.hpp"
#include "servers/runtime/service_options.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <mutex>
#include <string_view>
#include <utility>
#include <vector>

namespace tvl::waits {

// For a single thread.
struct no_mutex {
  void lock() {}
  void unlock() {}
};

// The most queued frames, and the policy beyond.
struct send_queue_limit {
  std::uint32_t frames = std::numeric_limits<std::uint32_t>::max() / 2;
  service_options::slow_member then = service_options::slow_member::disconnect;
};

template <class Mutex>
class basic_send_queue {
 public:
  explicit basic_send_queue(runtime::peer& p) : peer_(p) {}

  runtime::peer& peer() const { return peer_; }

  void limit_to(const send_queue_limit& limit) {
    most_waiting_ = limit.frames;
    drops_ = limit.then == service_options::slow_member::drop;
  }

  // Starts writing. Until then everything is queued, so that a new member's handshake reply goes ahead of any message.
  //
  // These functions return true when the queue has become non-empty and the socket has to be watched.
  bool open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    flush_now();
    return !waiting_.empty();
  }
  bool send(frame message) {
    const std::lock_guard lock(mutex_);
    if (closed_) return false;
    if (has_room()) return append({std::move(message), true});
    if (drops_) return drop_oldest_for(std::move(message));
    ++dropped_;
    drop_waiting();
    return close_with(make_close(close_code::policy_error));
  }
  // Protocol output: handshake reply, pong, close frame. Bounded like messages.
  bool write(std::string_view bytes) {
    const std::lock_guard lock(mutex_);
    if (closed_) return false;
    auto own = std::make_shared<const std::string>(bytes);
    if (is_close(bytes)) return close_with(std::move(own));
    if (has_room()) return append({std::move(own), false});
    if (drops_) return false;
    drop_waiting();
    return close_with(make_close(close_code::policy_error));
  }
  // After the queued frames; nothing is sent after it.
  bool close(close_code code) {
    const std::lock_guard lock(mutex_);
    return !closed_ && close_with(make_close(code));
  }
  // Shuts down the sending side after the queued frames.
  void finish() {
    const std::lock_guard lock(mutex_);
    closed_ = finishing_ = true;
    if (waiting_.empty()) flush_now();
  }

  // Writes queued frames until the socket would block.
  void flush() {
    const std::lock_guard lock(mutex_);
    flush_now();
  }
  bool waiting() const {
    const std::lock_guard lock(mutex_);
    return !waiting_.empty();
  }

  // At the end: adds up the work; queued frames are dropped.
  void count(runtime::websocket_work& done, std::uint64_t& bytes) {
    const std::lock_guard lock(mutex_);
    drop_all();
    done.messages_out += sent_;
    done.messages_dropped += dropped_;
    bytes += bytes_;
  }

 private:
  struct item {
    frame bytes;
    bool message;
  };

  bool has_room() const { return waiting_.size() < most_waiting_ + (open_ ? 0 : 1); }  // the handshake's reply

  bool append(item next) {
    const bool waited = !waiting_.empty();
    // No memory is taken where the socket accepts all of it.
    if (open_ && !waited && write_some(next) != progress::part) return false;
    waiting_.push_back(std::move(next));
    return open_ && !waited;
  }

  // The client has a request's deadline to read it and to close its side.
  bool close_with(frame close) {
    closed_ = true;
    peer_.entry().begun(true, true);
    return append({std::move(close), false});
  }

  // A partly written frame has to be completed, and the handshake reply comes first.
  auto first_to_drop() { return waiting_.begin() + (begun_ > 0 || (!open_ && !waiting_.empty()) ? 1 : 0); }

  void drop_waiting() { drop_from(first_to_drop()); }
  void drop_all() {
    drop_from(waiting_.begin());
    begun_ = 0;
  }
  void drop_from(typename std::vector<item>::iterator first) {
    dropped_ +=
        static_cast<std::uint64_t>(std::count_if(first, waiting_.end(), [](const item& i) { return i.message; }));
    waiting_.erase(first, waiting_.end());
  }

  // Drops the oldest: a reader that catches up gets current messages, and slow members share frames.
  bool drop_oldest_for(frame message) {
    ++dropped_;
    const auto oldest = std::find_if(first_to_drop(), waiting_.end(), [](const item& i) { return i.message; });
    if (oldest == waiting_.end()) return false;
    waiting_.erase(oldest);
    return append({std::move(message), true});
  }

  void flush_now() {
    while (open_ && !waiting_.empty()) {
      const auto made = write_some(waiting_.front());
      if (made == progress::part) return;
      if (made == progress::none_ever) return drop_all();
      waiting_.erase(waiting_.begin());
    }
    if (!waiting_.empty()) return;
    waiting_ = std::vector<item>();  // {} would keep the allocation
    if (finishing_) ::shutdown(peer_.socket().native_handle(), SHUT_WR);
  }

  enum class progress { whole, part, none_ever };
  // One attempt, from the offset of the last one.
  progress write_some(const item& i) {
    const std::string_view left = std::string_view(*i.bytes).substr(begun_);
    const auto n = ::send(peer_.socket().native_handle(), left.data(), left.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) return progress::part;
    if (n < 0) {  // the reading side sees the error
      closed_ = true;
      dropped_ += waiting_.empty() && i.message ? 1 : 0;  // else it is counted with the queued ones
      begun_ = 0;
      return progress::none_ever;
    }
    bytes_ += static_cast<std::uint64_t>(n);
    begun_ += static_cast<std::uint32_t>(n);
    if (static_cast<std::size_t>(n) < left.size()) return progress::part;
    sent_ += i.message ? 1 : 0;
    begun_ = 0;
    return progress::whole;
  }

  [[no_unique_address]] mutable Mutex mutex_;
  runtime::peer& peer_;
  std::vector<item> waiting_;  // a deque would cost every idle connection 600 bytes
  std::uint64_t sent_ = 0, dropped_ = 0, bytes_ = 0;
  std::uint32_t most_waiting_ = send_queue_limit().frames;
  std::uint32_t begun_ : 24 = 0;  // written bytes of the first
  static_assert(websocket_limits::message < 1u << 23);
  bool drops_ : 1 = false, open_ : 1 = false, closed_ : 1 = false, finishing_ : 1 = false;
};

}  // namespace tvl::waits
