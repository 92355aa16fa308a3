#include "clients/load/broadcast/members.hpp"

#include "clients/load/base/bad_plan.hpp"
#include "clients/load/base/clock.hpp"
#include "clients/load/plan/process_shares.hpp"
#include "clients/load/plan/source_addresses.hpp"

#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <system_error>
#include <utility>

namespace tvl::load {
namespace {

constexpr std::int64_t most_idle = 100 * one_millisecond;  // between checks of the stop token
constexpr int most_joining = 256;                          // at once: below a server's usual listen backlog
constexpr std::string_view normal_closure = "\x03\xe8";    // 1000
constexpr std::size_t most_unsent = 64u << 10;             // bytes of one member; beyond it no ping is answered

url room_url(const plan& p) {
  url u = parse_url(p.url, p.allow_remote);
  if (!u.websocket) throw bad_plan("'" + without_password(p.url) + "' is not a URL of the form ws://HOST[:PORT]/PATH");
  u.choose_address();
  check_sources(p, u.endpoint());
  return u;
}

}  // namespace

room_members::room_members(const plan& p, std::stop_token stop)
    : plan_(p),
      stop_(std::move(stop)),
      url_(room_url(p)),
      server_(url_.endpoint()),
      offer_(offer_upgrade(url_, url_.target, p.targets.empty() ? std::vector<std::string>() : p.targets[0].headers)),
      epoll_(::epoll_create1(EPOLL_CLOEXEC)),
      buffer_(read_size),
      masks_(static_cast<std::uint32_t>(p.seed)),
      members_(static_cast<std::size_t>(p.connections)) {
  if (epoll_.get() < 0) throw std::system_error(errno, std::system_category(), "epoll_create1");
  counts_.asked = members_.size();
}

int room_members::poll(std::int64_t until, bool spin) {
  std::array<epoll_event, 256> events;
  const std::int64_t wait = spin ? 0 : std::clamp<std::int64_t>(until - clock_now(), 0, most_idle);
  const timespec timeout{0, wait};
  const int n = ::epoll_pwait2(epoll_.get(), events.data(), events.size(), &timeout, nullptr);
  for (int i = 0; i < n; ++i) {
    const auto& event = events[static_cast<std::size_t>(i)];
    ready(*static_cast<member*>(event.data.ptr), event.events);
  }
  return n;
}

void room_members::ready(member& m, std::uint32_t events) {
  if (m.now == state::closed) return;
  if (m.now == state::connecting) return connected(m);
  if ((events & EPOLLOUT) != 0) write_rest(m);
  const bool hang_up = (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0;
  if ((events & EPOLLIN) != 0 || hang_up) receive(m, hang_up);
}

// ---- joining

void room_members::join() {
  const std::int64_t give_up = clock_now() + static_cast<std::int64_t>(plan_.timeout_s * 1e9);
  for (open_some(); joining_ > 0 && !stop_.stop_requested(); open_some()) {
    poll(give_up, false);
    if (clock_now() < give_up) continue;
    for (auto& m : members_)
      if (m.now != state::joined) leave(m, "no answer in time");
    break;
  }
  for (auto& m : members_)
    if (m.now == state::joined) in_turn_.push_back(&m);
  counts_.joined = in_turn_.size();
  counts_.failed = members_.size() - in_turn_.size();
  if (in_turn_.empty() && !stop_.stop_requested())
    throw bad_plan("no member could join " + without_password(plan_.url) + ": " + join_error_);
}

void room_members::open_some() {
  for (; opened_ < members_.size() && joining_ < most_joining; ++opened_) open(opened_);
}

void room_members::open(std::size_t i) {
  member& m = members_[i];
  ++joining_;
  m.now = state::connecting;
  m.socket = descriptor(::socket(server_.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (m.socket.get() < 0) return leave(m, std::strerror(errno));
  const int on = 1;
  ::setsockopt(m.socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  set_congestion_control(m.socket.get(), plan_.congestion_control);
  if (!plan_.sources.empty() && !bind_source(m.socket.get(), plan_.sources[i % plan_.sources.size()]))
    return leave(m, std::strerror(errno));
  const int result = ::connect(m.socket.get(), server_.name(), server_.size());
  if (result != 0 && errno != EINPROGRESS) return leave(m, std::strerror(errno));
  epoll_event event{};
  event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
  event.data.ptr = &m;
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, m.socket.get(), &event);
}

void room_members::connected(member& m) {
  int error = 0;
  socklen_t size = sizeof error;
  ::getsockopt(m.socket.get(), SOL_SOCKET, SO_ERROR, &error, &size);
  if (error != 0) return leave(m, std::strerror(error));
  m.now = state::upgrading;
  write(m, offer_.request);
}

void room_members::upgraded(member& m, std::string_view& bytes) {
  std::string cause;
  switch (m.upgrade.read(bytes, offer_, cause)) {
    case upgrade_reader::result::need_more:
      return;
    case upgrade_reader::result::accepted:
      m.now = state::joined;
      return settle();
    case upgrade_reader::result::refused:
    case upgrade_reader::result::bad:
      return leave(m, cause);
  }
}

// Ends the member's connection, whatever the reason.
void room_members::leave(member& m, const std::string& reason) {
  if (m.now == state::closed) return;
  if (m.now != state::joined) settle();
  m.now = state::closed;
  m.socket.close();
  m.unsent = {};
  m.upgrade.reset();
  m.frames.reset();
  if (ledger_ == nullptr) {
    if (join_error_.empty()) join_error_ = reason;
    return;
  }
  if (counts_.closed++ == 0) loss_ = reason;
  ledger_->closed(m.number);
}

// ---- bytes

void room_members::receive(member& m, bool hang_up) {
  for (bool more = true; more && m.now != state::closed;) {
    const ssize_t n = ::recv(m.socket.get(), buffer_.data(), buffer_.size(), 0);
    const std::int64_t now = clock_now();
    if (n < 0) return errno == EAGAIN ? void() : leave(m, std::strerror(errno));
    if (n == 0) return leave(m, end_of(m));
    read(m, {buffer_.data(), static_cast<std::size_t>(n)}, now);
    // Edge-triggered: read again after a full buffer, and after a hang-up to see its end.
    more = hang_up || static_cast<std::size_t>(n) == buffer_.size();
  }
}

// What the end of the stream means.
std::string room_members::end_of(const member& m) {
  if (m.now != state::joined) return upgrade_unanswered;
  return m.frames.between_messages() ? "the server closed the connection without a close frame"
                                     : "the server closed the connection in the middle of a message";
}

void room_members::read(member& m, std::string_view bytes, std::int64_t now) {
  if (m.now == state::upgrading) upgraded(m, bytes);
  while (m.now == state::joined && !bytes.empty()) {
    switch (m.frames.read(bytes, incoming_)) {
      case frame_reader::result::need_more:
        break;
      case frame_reader::result::message:
        if (ledger_ != nullptr)
          ledger_->receive(m.number, incoming_.payload, now);
        else
          ++early_;
        break;
      case frame_reader::result::ping:
        if (m.unsent.size() < most_unsent) write(m, client_frame(opcode::pong, incoming_.payload, masks_()));
        break;
      case frame_reader::result::close:
        if (m.unsent.empty()) write(m, client_frame(opcode::close, incoming_.payload, masks_()));
        leave(m, "the server closed the WebSocket: " + close_words(incoming_.payload));
        break;
      case frame_reader::result::bad:
        if (ledger_ != nullptr) ++counts_.protocol_errors;
        leave(m, "the server sent " + std::string(incoming_.payload));
        break;
    }
  }
}

// Behind what is unsent, which is sent when the socket is writable.
void room_members::write(member& m, std::string_view bytes) {
  const bool writable = m.unsent.empty();
  m.unsent += bytes;
  if (writable) write_rest(m);
}

void room_members::write_rest(member& m) {
  if (m.unsent.empty()) return;
  const ssize_t n = ::send(m.socket.get(), m.unsent.data(), m.unsent.size(), MSG_NOSIGNAL);
  if (n >= 0)
    m.unsent.erase(0, static_cast<std::size_t>(n));
  else if (errno != EAGAIN)
    leave(m, std::strerror(errno));
}

// ---- messages

void room_members::begin(room_ledger& ledger) {
  ledger_ = &ledger;
  ledger.add_unknown(early_);
  for (std::size_t i = 0; i < in_turn_.size(); ++i) in_turn_[i]->number = i;
}

std::optional<std::size_t> room_members::next_sender() {
  for (std::size_t i = 0; i < in_turn_.size(); ++i) {
    const std::size_t number = turn_;
    turn_ = (turn_ + 1) % in_turn_.size();
    if (in_turn_[number]->now == state::joined && in_turn_[number]->unsent.empty()) return number;
  }
  return std::nullopt;
}

void room_members::send(std::size_t number, std::string_view text) {
  write(*in_turn_[number], client_frame(opcode::text, text, masks_()));
}

void room_members::close_all() {
  for (auto& m : members_)
    if (m.now == state::joined && m.unsent.empty()) {
      const auto frame = client_frame(opcode::close, normal_closure, masks_());
      ::send(m.socket.get(), frame.data(), frame.size(), MSG_NOSIGNAL);
    }
}

}  // namespace tvl::load
