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
  c.failures = 0;
  c.served = 0;
  if (phase_ == phase::connecting && warms_up_ && !c.settled) return send(c, now, now);
  settle(c, now);
  set_free(c, now);
}

void engine::connect_failed(connection& c, int error, std::int64_t now) {
  ++records_.connections.failed;
  note_connect_error(std::strerror(error));
  close(c, now + back_off(c.failures++));
  settle(c, now);
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
  if (phase_ == phase::connecting) open_some(now);  // afterwards watch() reopens closed slots
}

void engine::close(connection& c, std::int64_t retry_at) {
  if (c.now == state::waiting) --in_flight_;
  if (c.now == state::waiting || c.now == state::free) established_.fetch_sub(1, std::memory_order_relaxed);
  if (c.socket >= 0) ::close(std::exchange(c.socket, -1));
  c.reader.reset();
  c.frames.reset();
  c.upgrade.reset();
  if (!controls_.empty()) controls_.erase(&c);
  c.unsent = 0;
  c.now = state::closed;
  c.retry_at = retry_at;
}

void engine::ready(connection& c, std::uint32_t events) {
  if (c.now == state::connecting) return connected(c, clock_now());
  if ((events & EPOLLOUT) != 0 && !controls_.empty()) send_controls(c);
  if ((events & EPOLLOUT) != 0 && c.unsent > 0) send_rest(c);
  const bool hang_up = (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0;
  if ((events & EPOLLIN) != 0 || hang_up) receive(c, hang_up);
}

void engine::receive(connection& c, bool hang_up) {
  const auto life = c.life;
  for (bool more = true; more && c.life == life && c.socket >= 0 && phase_ != phase::ended;) {
    const ssize_t n = ::recv(c.socket, buffer_.data(), buffer_.size(), 0);
    const std::int64_t now = clock_now();
    if (phase_ == phase::measuring && now >= times_.window_end.load(std::memory_order_relaxed)) return end_window(now);
    if (n < 0) return errno == EAGAIN ? void() : fail(c, &request_counts::resets, now);
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
    records_.explain("bytes without a request: " + quoted(bytes));
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
        records_.explain("bytes behind the end of the reply: " + quoted(bytes));
        return fail(c, &request_counts::protocol_errors, now);
      }
      r.keep_alive = r.keep_alive && !hang_up;
      return replied(c, r, now);
  }
}

void engine::hung_up(connection& c, std::int64_t now) {
  if (!opening_.upgrade.empty()) return websocket_hung_up(c, now);
  reply r;
  if (c.now == state::waiting && c.reader.end(r) == reply_reader::result::complete) return replied(c, r, now);
  if (c.now == state::waiting) records_.explain(c.reader.cause());
  fail(c, &request_counts::protocol_errors, now);
}

void engine::replied(connection& c, const reply& r, std::int64_t now) {
  if (targets_[c.target].is_expected(r)) {
    records_.ok(c.target, c.due, c.sent, now);
    if (c.unserved) served(c, now);
  } else {
    records_.failed(c.target, &request_counts::status_errors, c.due, now);
  }
  ++c.replies;
  ++c.served;
  settle(c, now);
  plan_next(c, now);
  if (!r.keep_alive || (plan_.requests_per_connection > 0 && c.served >= plan_.requests_per_connection)) {
    close(c, now);
    return open(c, now);
  }
  --in_flight_;
  set_free(c, now);
}

// Closes a failed connection; its request, if any, ends as `kind`.
void engine::fail(connection& c, std::uint64_t request_counts::*kind, std::int64_t now) {
  if (c.now == state::upgrading) return refuse(c, upgrade_unanswered, now);
  if (c.now == state::waiting) {
    records_.failed(c.target, kind, c.due, now);
    plan_next(c, now);
  }
  settle(c, now);
  close(c, now + (c.served == 0 ? back_off(c.failures++) : 0));
}

// An established connection without a request on it.
void engine::set_free(connection& c, std::int64_t now) {
  c.now = state::free;
  if (phase_ == phase::connecting) return;
  if (queue_) return queue_->empty() ? free_.push_back(&c) : send(c, queue_->pop(), now);
  if (c.pending) send(c, c.due, now);
}

// Closed loop: the slot's next request is due.
void engine::make_due(connection& c, std::int64_t at) {
  if (quota_ == 0) return;
  if (quota_ != no_quota) --quota_;
  c.due = at;
  c.pending = true;
  records_.fell_due(at);
}

// Closed loop: after a request has ended, schedules the slot's next one.
void engine::plan_next(connection& c, std::int64_t now) {
  if (queue_ || phase_ == phase::connecting) return;
  if (think_ns_ == 0) return make_due(c, now);
  c.due = now + think_ns_;
  thinking_.push_back(&c);
}

void engine::end_thinking(std::int64_t now) {
  while (!thinking_.empty() && thinking_.front()->due <= now) {
    connection& c = *thinking_.front();
    thinking_.pop_front();
    make_due(c, c.due);
    if (c.now == state::free) set_free(c, clock_now());
  }
}

void engine::fall_due(std::int64_t before) {
  const auto n = queue_->fall_due(before);
  records_.counts.scheduled += n;
  if (!records_.phases.kept()) return;
  for (auto i = queue_->size() - n; i < queue_->size(); ++i) records_.phases.fell_due((*queue_)[i]);
}

// Open loop: sends due requests on free connections; the rest stays in the pending queue.
void engine::send_due(std::int64_t now) {
  fall_due(now + 1);
  while (!queue_->empty() && !free_.empty()) {
    connection& c = *free_.front();
    free_.pop_front();
    if (c.now != state::free) continue;  // closed meanwhile
    const std::int64_t due = queue_->pop(), at = clock_now();
    records_.paced(at - due);
    send(c, due, at);
  }
}

std::uint16_t engine::draw_target() {
  if (targets_.size() == 1) return 0;
  const double x = uniform_(random_);
  std::uint16_t i = 0;
  while (i + 1u < targets_.size() && x >= targets_[i].cumulated) ++i;
  return i;
}

void engine::send(connection& c, std::int64_t due, std::int64_t now) {
  c.due = due;
  c.sent = now;
  c.now = state::waiting;
  c.pending = false;
  c.target = draw_target();
  c.unsent = static_cast<std::uint32_t>(targets_[c.target].request.size());
  ++in_flight_;
  records_.sent(c.target);
  send_rest(c);
}

void engine::send_rest(connection& c) {
  if (!controls_.empty() && !send_controls(c)) return;
  const std::string& request = targets_[c.target].request;
  const ssize_t n = ::send(c.socket, request.data() + request.size() - c.unsent, c.unsent, MSG_NOSIGNAL);
  if (n > 0) {
    c.unsent -= static_cast<std::uint32_t>(n);
    records_.counts.bytes_sent += static_cast<std::uint64_t>(n);
    if (c.unsent == 0 && !controls_.empty()) send_controls(c);
  } else if (errno != EAGAIN) {
    fail(c, &request_counts::resets, clock_now());
  }
}

}  // namespace tvl::load
