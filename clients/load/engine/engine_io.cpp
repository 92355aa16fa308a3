// The engine's connections and requests. Its schedule is in engine.cpp.

#include "clients/load/base/clock.hpp"
#include "clients/load/base/connecting.hpp"
#include "clients/load/base/printable.hpp"
#include "clients/load/engine/engine.hpp"
#include "clients/load/plan/source_addresses.hpp"

#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

namespace tvl::load {

void engine::open_some(std::int64_t now) {
  const double ramped = ramp_ns_ > 0 ? static_cast<double>(now - created_) / static_cast<double>(ramp_ns_) : 1;
  const auto allowed = static_cast<std::size_t>(std::min(ramped, 1.0) * partition_.connections);
  while (opened_ < allowed && static_cast<int>(opened_) - settled() < most_connecting) open(slots_[opened_++], now);
}

std::size_t engine::number_of(const connection& c) const {
  const auto i = static_cast<std::size_t>(&c - slots_.data()), early = static_cast<std::size_t>(partition_.connections);
  return i < early ? partition_.first + i
                   : static_cast<std::size_t>(plan_.connections) + partition_.first_surge + i - early;
}

void engine::open(connection& c, std::int64_t now) {
  c.sent = now;
  c.socket = ::socket(opening_.server.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (c.socket < 0) return connect_failed(c, errno, now);
  ++c.life;
  if (!opening_.sources.empty() && !bind_source(c.socket, opening_.sources[number_of(c) % opening_.sources.size()]))
    return connect_failed(c, errno, now);
  const int on = 1;
  ::setsockopt(c.socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  set_congestion_control(c.socket, plan_.congestion_control);
  const int result = ::connect(c.socket, opening_.server.name(), opening_.server.size());
  if (result != 0 && errno != EINPROGRESS) return connect_failed(c, errno, now);
  c.now = state::connecting;
  epoll_event event{};
  event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
  event.data.ptr = &c;
  ::epoll_ctl(epoll_, EPOLL_CTL_ADD, c.socket, &event);
}

void engine::connected(connection& c, std::int64_t now) {
  int error = 0;
  socklen_t size = sizeof error;
  ::getsockopt(c.socket, SOL_SOCKET, SO_ERROR, &error, &size);
  if (error != 0) return connect_failed(c, error, now);
  if (opening_.upgrade.empty()) return established(c, now);
  c.now = state::upgrading;
  // Fits into the empty buffer of a new socket; otherwise the upgrade times out.
  ::send(c.socket, opening_.upgrade.request.data(), opening_.upgrade.request.size(), MSG_NOSIGNAL);
}

void engine::established(connection& c, std::int64_t now) {
  records_.latency.connect.record(now - c.sent);
  ++records_.connections.opened;
  const int open = established_.fetch_add(1, std::memory_order_relaxed) + 1;
  if (open > most_established()) most_established_.store(open, std::memory_order_relaxed);
  c.served = 0;
  if (phase_ == phase::connecting && warms_up_ && !c.settled) return send(c, now, now);
  settle(c, now);
  c.repeats ? write(c, now) : set_free(c, now);
}

void engine::connect_failed(connection& c, int error, std::int64_t now) {
  ++records_.connections.failed;
  note_connect_error(std::strerror(error));
  if (c.repeats) end_request(c, error == ETIMEDOUT ? &request_counts::timeouts : &request_counts::resets, now);
  settle(c, now);
  reopen(c, now);
}

// Only the first cause stays.
void engine::note_connect_error(const std::string& cause) {
  const std::lock_guard lock(mutex_);
  if (!connect_error_) connect_error_ = cause;
}

std::optional<std::string> engine::connect_error() const {
  const std::lock_guard lock(mutex_);
  return connect_error_;
}

// The slot is ready for the load, or has failed once.
void engine::settle(connection& c, std::int64_t now) {
  if (std::exchange(c.settled, true)) return;
  settled_.fetch_add(1, std::memory_order_relaxed);
  if (phase_ == phase::connecting) open_some(now);
}

void engine::close(connection& c) {
  if (c.now == state::waiting || c.now == state::finishing || c.now == state::free)
    established_.fetch_sub(1, std::memory_order_relaxed);
  if (c.socket >= 0) ::close(std::exchange(c.socket, -1));
  c.reader.reset();
  c.frames.reset();
  c.upgrade.reset();
  if (!controls_.empty()) controls_.erase(&c);
  c.unsent = 0;
  c.now = state::closed;
}

// A connection that ended is opened again at once (by reopen_due(), before the next wait), so that no pause of the
// generator is in the response time of its next request. Where that fails too, pauses grow until a reply comes.
void engine::reopen(connection& c, std::int64_t now) {
  close(c);
  c.retry_at = now + back_off(c.failures++);
  if (phase_ != phase::connecting) reopenings_.push({c.retry_at, &c});  // else start() does
}

void engine::ready(connection& c, std::uint32_t events) {
  if (c.now == state::connecting) {
    const auto life = c.life;
    connected(c, clock_now());
    if (c.life != life || c.socket < 0) return;
  }
  if ((events & EPOLLOUT) != 0 && !controls_.empty()) send_controls(c);
  if ((events & EPOLLOUT) != 0 && c.unsent > 0) {
    send_rest(c);
    if (c.now == state::finishing && c.unsent == 0) return replace(c, clock_now());
  }
  const bool hang_up = (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0;
  if ((events & EPOLLIN) != 0 || hang_up) receive(c, hang_up);
}

void engine::receive(connection& c, bool hang_up) {
  const auto life = c.life;
  for (bool more = true; more && c.life == life && c.socket >= 0 && phase_ != phase::ended;) {
    const ssize_t n = ::recv(c.socket, buffer_.data(), buffer_.size(), 0);
    const std::int64_t now = read_clock();
    if (phase_ == phase::measuring && now >= times_.window_end.load(std::memory_order_relaxed)) return end_window(now);
    if (n < 0 && errno == EAGAIN) return;
    if (n < 0 && (c.now == state::waiting || c.now == state::upgrading)) return fail(c, &request_counts::resets, now);
    if (n < 0) return closed_early(c, now);
    if (n == 0) return hung_up(c, now);
    records_.counts.bytes_received += static_cast<std::uint64_t>(n);
    read(c, {buffer_.data(), static_cast<std::size_t>(n)}, hang_up, now);
    // Edge-triggered: read again after a full buffer, and after a hang-up to see its end.
    more = hang_up || static_cast<std::size_t>(n) == buffer_.size();
  }
}

void engine::read(connection& c, std::string_view bytes, bool hang_up, std::int64_t now) {
  if (c.now == state::upgrading) return upgrade(c, bytes, now);
  if (!opening_.upgrade.empty()) return read_frames(c, bytes, hang_up, now);
  if (c.now != state::waiting) {
    records_.explain("bytes without a request: " + in_quotes(bytes));
    return fail(c, &request_counts::protocol_errors, now);
  }
  reply r;
  switch (c.reader.read(bytes, targets_[c.target].expected, r)) {
    case reply_reader::result::need_more:
      return;
    case reply_reader::result::bad:
      records_.explain(c.reader.cause());
      return fail(c, &request_counts::protocol_errors, now);
    case reply_reader::result::complete:
      if (!bytes.empty()) {
        records_.explain("bytes behind the end of the reply: " + in_quotes(bytes));
        return fail(c, &request_counts::protocol_errors, now);
      }
      if (hang_up && std::exchange(r.keep_alive, false)) ++records_.closed;
      return replied(c, r, now);
  }
}

void engine::hung_up(connection& c, std::int64_t now) {
  if (!opening_.upgrade.empty()) return websocket_hung_up(c, now);
  if (c.now != state::waiting) return closed_early(c, now);
  reply r;
  switch (c.reader.end(r)) {
    case reply_reader::result::need_more:
      return closed_early(c, now);
    case reply_reader::result::complete:
      return replied(c, r, now);
    case reply_reader::result::bad:
      records_.explain(c.reader.cause());
      return fail(c, &request_counts::protocol_errors, now);
  }
}

// The server closed the connection between two replies, without saying so before. A request that was sent meanwhile has
// no byte of an answer. It is sent again, once, if it never left or may be repeated (RFC 9112 9.3.1); its response time
// still runs from when it was due. A close before the first reply and a reset instead of a reply are failures: a
// server that crashes looks like that.
void engine::closed_early(connection& c, std::int64_t now) {
  ++records_.closed;
  const prepared_target& t = targets_[c.target];
  if (c.now != state::waiting || c.served == 0 || !(t.repeatable || c.unsent == t.request.size()))
    return fail(c, &request_counts::resets, now);
  c.repeats = true;
  reopen(c, now);
}

void engine::replied(connection& c, const reply& r, std::int64_t now) {
  if (now - c.sent >= timeout_ns_) return fail(c, &request_counts::timeouts, now);  // before watch() has seen it
  if (opening_.upgrade.empty()) records_.replied(r.status);
  if (targets_[c.target].is_expected(r)) {
    records_.ok(c.target, c.due, c.sent, now);
    if (c.unserved) served(c, now);
  } else {
    records_.failed(c.target, &request_counts::status_errors, c.due, c.sent, now);
  }
  --in_flight_;
  ++c.replies;
  ++c.served;
  c.failures = 0;
  settle(c, now);
  if (c.unsent > 0 && r.keep_alive) return void(c.now = state::finishing);
  if (!r.keep_alive || c.served == plan_.requests_per_connection) return replace(c, now);
  plan_next(c, now);
  set_free(c, now);
}

// Ends a connection whose request has been answered: it is not used again. A server that answers before it has read the
// whole request often closes then; a further request would be lost in it.
void engine::replace(connection& c, std::int64_t now) {
  plan_next(c, now);
  close(c);
  open(c, now);
}

// Closes a failed connection; its request, if any, ends as `kind`.
void engine::fail(connection& c, std::uint64_t request_counts::*kind, std::int64_t now) {
  if (c.now == state::upgrading) return refuse(c, upgrade_unanswered, now);
  if (c.now == state::waiting) end_request(c, kind, now);
  if (c.now == state::finishing) plan_next(c, now);  // its request has been answered
  settle(c, now);
  reopen(c, now);
}

void engine::end_request(connection& c, std::uint64_t request_counts::*kind, std::int64_t now) {
  --in_flight_;
  c.repeats = false;
  records_.failed(c.target, kind, c.due, c.sent, now);
  plan_next(c, now);
}

// An established connection without a request on it.
void engine::set_free(connection& c, std::int64_t now) {
  c.now = state::free;
  if (phase_ == phase::connecting) return;
  if (queue_) return queue_->empty() ? free_.push_back(&c) : send(c, queue_->pop(), now);
  if (c.pending) send(c, c.due, now);
}

void engine::send(connection& c, std::int64_t due, std::int64_t now) {
  c.due = due;
  c.pending = false;
  c.target = draw_target();
  ++in_flight_;
  records_.sent(c.target);
  write(c, now);
}

void engine::write(connection& c, std::int64_t now) {
  c.sent = now;
  c.now = state::waiting;
  c.repeats = false;
  c.unsent = static_cast<std::uint32_t>(targets_[c.target].request.size());
  send_rest(c);
}

// An error is left to receive(), which is called for it: before it, there may be a reply to read.
void engine::send_rest(connection& c) {
  if (!controls_.empty() && !send_controls(c)) return;
  const std::string& request = targets_[c.target].request;
  const ssize_t n = ::send(c.socket, request.data() + request.size() - c.unsent, c.unsent, MSG_NOSIGNAL);
  if (n <= 0) return;
  c.unsent -= static_cast<std::uint32_t>(n);
  records_.counts.bytes_sent += static_cast<std::uint64_t>(n);
  if (c.unsent == 0 && !controls_.empty()) send_controls(c);
}

}  // namespace tvl::load
