#include "servers/runtime/connections.hpp"

#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>

namespace tvl::runtime {
namespace {

std::uint32_t now_ms() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return static_cast<std::uint32_t>(std::chrono::duration_cast<std::chrono::milliseconds>(now).count());
}

// Milliseconds. Negative when `since` is the later one: another thread may note a time while a sweep is under way.
std::int32_t elapsed(std::uint32_t since, std::uint32_t now) { return static_cast<std::int32_t>(now - since); }

}  // namespace

websocket_work& websocket_work::operator+=(const websocket_work& more) {
  upgrades += more.upgrades;
  messages_in += more.messages_in;
  messages_out += more.messages_out;
  messages_dropped += more.messages_dropped;
  protocol_failures += more.protocol_failures;
  return *this;
}

totals& totals::operator+=(const totals& more) {
  accepted += more.accepted;
  refused += more.refused;
  timed_out += more.timed_out;
  ended_idle += more.ended_idle;
  work += more.work;
  websockets += more.websockets;
  return *this;
}

connection_entry::connection_entry(connections& all, int socket) : all_(all), socket_(socket), active_at_(now_ms()) {
  const std::lock_guard lock(all_.mutex_);
  next_ = all_.first_;
  if (next_) next_->previous_ = this;
  all_.first_ = this;
  ++all_.count_;
  ++all_.totals_.accepted;
  if (all_.draining_) ::shutdown(socket_, SHUT_RD);
}

connection_entry::~connection_entry() {
  const std::lock_guard lock(all_.mutex_);
  (previous_ ? previous_->next_ : all_.first_) = next_;
  if (next_) next_->previous_ = previous_;
  --all_.count_;
  if (!watched_) return;
  const std::lock_guard watching(all_.watching_);
  std::erase(all_.watched_, this);
}

void connection_entry::on_drain(drain_listener* listener) {
  const std::lock_guard lock(all_.mutex_);
  drain_listener_ = listener;
  if (listener && all_.draining_) listener->drain();
}

void connection_entry::add(const websocket_work& done) {
  const std::lock_guard lock(all_.mutex_);
  all_.totals_.websockets += done;
}

void connection_entry::closing() {
  const std::lock_guard lock(all_.mutex_);
  socket_ = -1;
  all_.totals_.work += work_;
}

void connection_entry::mark(bool yes) {
  if (timed_out()) return;
  since_ = yes ? std::max(now_ms(), too_late + 1) : idle;
  // First since_, then watched_; sweep() has the opposite order, so that one of the two sees the other's write.
  if (!yes || watched_) return;
  const std::lock_guard watching(all_.watching_);
  if (!watched_.exchange(true)) all_.watched_.push_back(this);
}

std::uint32_t connection_entry::idle_for(std::uint32_t now) const {
  // A request that has begun has its own deadline.
  if (!drain_listener_ && (serving_.load(std::memory_order_relaxed) || since_.load(std::memory_order_relaxed) != idle))
    return 0;
  // Unread input from a client that reads its replies: the connection waits for a worker.
  int unread = 0, unsent = 0;
  ::ioctl(socket_, SIOCINQ, &unread);
  ::ioctl(socket_, SIOCOUTQ, &unsent);
  if (unread > 0 && unsent == 0) return 0;
  // Not the time of the last ACK: a client that reads nothing still acknowledges probes.
  tcp_info info{};
  socklen_t size = sizeof info;
  const bool known = ::getsockopt(socket_, IPPROTO_TCP, TCP_INFO, &info, &size) == 0;
  return known ? std::min(info.tcpi_last_data_recv, info.tcpi_last_data_sent) : now - active_at_;
}

void connection_entry::end_idle() {
  // A WebSocket is closed with a close frame first; if it is still there the next time, its socket is shut down.
  if (drain_listener_ && !ended_idle_)
    drain_listener_->drain();
  else
    ::shutdown(socket_, SHUT_RDWR);
  if (!ended_idle_) ++all_.totals_.ended_idle;
  ended_idle_ = true;
}

void connections::sweep(std::chrono::milliseconds timeout) {
  const auto now = now_ms();
  const std::lock_guard lock(mutex_);
  const std::lock_guard watching(watching_);
  std::erase_if(watched_, [&](connection_entry* c) {
    if (is_late(*c, now, timeout)) {
      ++totals_.timed_out;
      ::shutdown(c->socket_, SHUT_RD);
    }
    if (c->since_ > connection_entry::too_late) return false;
    c->watched_ = false;
    c->watched_ = c->since_ > connection_entry::too_late;  // may have begun just now, relying on being watched
    return !c->watched_;
  });
}

bool connections::is_late(connection_entry& c, std::uint32_t now, std::chrono::milliseconds timeout) {
  auto since = c.since_.load();
  if (since <= connection_entry::too_late || elapsed(since, now) < timeout.count() || c.socket_ < 0) return false;
  // The request may have completed and another begun: then this one was not late.
  return c.since_.compare_exchange_strong(since, connection_entry::too_late);
}

void connections::end_idle(std::chrono::milliseconds timeout) {
  const auto now = now_ms();
  const std::lock_guard lock(mutex_);
  for (auto* c = first_; c; c = c->next_) {
    if (elapsed(c->active_at_, now) < timeout.count() || c->socket_ < 0) continue;
    const auto idle = c->idle_for(now);
    if (idle >= timeout.count()) c->end_idle();
    c->active_at_ = idle < timeout.count() ? now - idle : now;
  }
}

void connections::drain() {
  const std::lock_guard lock(mutex_);
  draining_ = true;
  for (auto* c = first_; c; c = c->next_) {
    if (c->drain_listener_)
      c->drain_listener_->drain();
    else if (c->socket_ >= 0)
      ::shutdown(c->socket_, SHUT_RD);
  }
}

std::size_t connections::count() const {
  const std::lock_guard lock(mutex_);
  return count_;
}

totals connections::sum() const {
  const std::lock_guard lock(mutex_);
  return totals_;
}

}  // namespace tvl::runtime
