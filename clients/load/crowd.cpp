#include "clients/load/crowd.hpp"

#include "clients/load/clock.hpp"
#include "clients/load/load.hpp"
#include "clients/load/prepared_target.hpp"
#include "clients/load/sources.hpp"

#include <netinet/tcp.h>
#include <pthread.h>
#include <sched.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <system_error>

namespace tvl::load {
namespace {

constexpr std::uint32_t most_connecting = 256;  // at once: below any sane server's backlog
constexpr std::uint32_t stop_event = UINT32_MAX;
constexpr std::size_t read_size = 64u << 10;
constexpr int receive_buffer = 4096;  // of slow readers; the kernel doubles it, half of that is its own book-keeping
constexpr int syn_retries = 3;        // the kernel gives a connect() up after 1 + 2 + 4 + 8 s

std::int64_t back_off(unsigned failures) { return 100 * one_millisecond << std::min(failures, 4u); }

std::int64_t cpu_time(std::jthread& thread) {
  clockid_t clock{};
  timespec t{};
  if (::pthread_getcpuclockid(thread.native_handle(), &clock) != 0 || ::clock_gettime(clock, &t) != 0)
    throw std::system_error(errno, std::system_category(), "CPU time of the crowd's thread");
  return t.tv_sec * one_second + t.tv_nsec;
}

descriptor checked(int fd, const char* what) {
  if (fd < 0) throw std::system_error(errno, std::system_category(), what);
  return descriptor(fd);
}

void pin(std::jthread& thread, int cpu) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(static_cast<std::size_t>(cpu), &set);
  if (const int error = ::pthread_setaffinity_np(thread.native_handle(), sizeof set, &set))
    throw bad_plan("cannot pin the crowd's thread to cpu " + std::to_string(cpu) + ": " + std::strerror(error));
}

const crowd_plan& checked(const crowd_plan& p) {
  if (p.idle < 0 || p.slow_senders < 0 || p.slow_readers < 0)
    throw bad_plan("a population cannot have fewer than 0 connections");
  if (!(p.drip_s >= 0.001 && p.drip_s <= 3600)) throw bad_plan("the time between two drips has to be 1 ms to 1 h");
  if (p.read_bytes == 0) throw bad_plan("a slow reader that reads 0 bytes at a time is an idle connection");
  return p;
}

std::string request_bytes(const std::string& path, const url& server) {
  target t;
  t.path = path;
  return prepare({t}, server).front().request;
}

}  // namespace

crowd::crowd(const crowd_plan& p, const url& server, const std::vector<in_addr>& sources, std::optional<int> cpu)
    : plan_(checked(p)),
      server_(server.endpoint()),
      sources_(sources),
      slice_(std::min(10 * one_millisecond, static_cast<std::int64_t>(p.drip_s * 1e9 / 10))),
      epoll_(checked(::epoll_create1(EPOLL_CLOEXEC), "epoll_create1")),
      stop_(checked(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC), "eventfd")),
      members_(static_cast<std::size_t>(p.connections())),
      drips_(static_cast<std::size_t>(p.slow_senders + p.slow_readers), static_cast<std::int64_t>(p.drip_s * 1e9),
             clock_now()),
      buffer_(read_size) {
  populations_[idle].size = static_cast<std::uint32_t>(p.idle);
  populations_[slow_senders].size = static_cast<std::uint32_t>(p.slow_senders);
  populations_[slow_senders].request = request_bytes(p.slow_sender_target, server);
  populations_[slow_readers].size = static_cast<std::uint32_t>(p.slow_readers);
  populations_[slow_readers].request = request_bytes(p.slow_reader_target, server);
  for (std::uint32_t i = 0; i < members_.size(); ++i) closed_.push({0, i});
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u32 = stop_event;
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, stop_.get(), &event);
  thread_ = std::jthread([this](const std::stop_token& stopped) { run(stopped); });
  if (cpu) pin(thread_, *cpu);
}

bool crowd::wait_until_settled(std::chrono::nanoseconds timeout, std::stop_token stopped) {
  std::unique_lock lock(mutex_);
  return all_settled_.wait_for(lock, std::move(stopped), timeout, [this] { return settled_ == members_.size(); });
}

void crowd::begin_window() {
  const std::lock_guard lock(mutex_);
  for (auto& p : populations_) {
    p.counts = {};
    p.counts.established = p.open;
  }
  cpu_at_begin_ = cpu_time(thread_);
}

crowd_counts crowd::end_window() const {
  const std::lock_guard lock(mutex_);
  const auto counts = [&](const population& p) {
    auto result = p.size > 0 ? std::optional(p.counts) : std::nullopt;
    if (result) result->asked = p.size;
    return result;
  };
  return {counts(populations_[idle]), counts(populations_[slow_senders]), counts(populations_[slow_readers]),
          static_cast<double>(cpu_time(thread_) - cpu_at_begin_) / 1e9};
}

int crowd::last_error() const {
  const std::lock_guard lock(mutex_);
  return last_error_;
}

// ---- the loop

void crowd::run(const std::stop_token& stopped) {
  ::pthread_setname_np(::pthread_self(), "crowd");
  const std::stop_callback wake(stopped, [this] { ::eventfd_write(stop_.get(), 1); });
  std::array<epoll_event, 256> events;
  while (!stopped.stop_requested()) {
    const std::int64_t next = next_wake(), wait = std::max<std::int64_t>(0, next - clock_now());
    const timespec timeout{wait / one_second, wait % one_second};
    const int n =
        ::epoll_pwait2(epoll_.get(), events.data(), events.size(), next == INT64_MAX ? nullptr : &timeout, nullptr);
    const std::lock_guard lock(mutex_);
    for (int i = 0; i < n; ++i) {
      const epoll_event& e = events[static_cast<std::size_t>(i)];
      if (e.data.u32 != stop_event) ready(e.data.u32, e.events);
    }
    const std::int64_t now = clock_now();
    drips_.take(now, [&](std::size_t turn) { drip(populations_[idle].size + static_cast<std::uint32_t>(turn)); });
    open_due(now);
  }
}

// INT64_MAX = nothing is to be done unless a socket says so.
std::int64_t crowd::next_wake() const {
  const std::int64_t drip = drips_.next();
  const std::int64_t next = drip == INT64_MAX ? drip : (drip / slice_ + 1) * slice_;
  return closed_.empty() || connecting_ >= most_connecting ? next : std::min(next, closed_.top().at);
}

int crowd::kind(std::uint32_t i) const {
  if (i < populations_[idle].size) return idle;
  return i - populations_[idle].size < populations_[slow_senders].size ? slow_senders : slow_readers;
}

// ---- connections

void crowd::open_due(std::int64_t now) {
  while (connecting_ < most_connecting && !closed_.empty() && closed_.top().at <= now) {
    const std::uint32_t i = closed_.top().member;
    closed_.pop();
    open(i);
  }
}

void crowd::open(std::uint32_t i) {
  if (!start_connect(i)) return connect_failed(i, errno);
  members_[i].now = state::connecting;
  ++connecting_;
}

// False with errno set when it failed at once.
bool crowd::start_connect(std::uint32_t i) {
  members_[i].socket = descriptor(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  const int socket = members_[i].socket.get();
  if (socket < 0) return false;
  const int on = 1;  // a byte waits for no other
  ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  ::setsockopt(socket, IPPROTO_TCP, TCP_SYNCNT, &syn_retries, sizeof syn_retries);
  if (kind(i) == slow_readers) ::setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
  if (!sources_.empty() && !bind_source(socket, sources_[i % sources_.size()])) return false;
  if (::connect(socket, reinterpret_cast<const sockaddr*>(&server_), sizeof server_) != 0 && errno != EINPROGRESS)
    return false;
  epoll_event event{};
  event.events = EPOLLOUT;
  event.data.u32 = i;
  return ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, socket, &event) == 0;
}

void crowd::connected(std::uint32_t i) {
  member& m = members_[i];
  --connecting_;
  int error = 0;
  socklen_t size = sizeof error;
  ::getsockopt(m.socket.get(), SOL_SOCKET, SO_ERROR, &error, &size);
  if (error != 0) return connect_failed(i, error);
  // Slow readers look at their sockets when it is time to, not when something has come; a reset is reported anyway.
  epoll_event event{};
  event.events = kind(i) == slow_readers ? 0 : EPOLLIN;
  event.data.u32 = i;
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, m.socket.get(), &event);
  m.now = state::open;
  m.since = clock_now();
  population& p = of(i);
  p.counts.established = std::max(p.counts.established, ++p.open);
  settle(m);
}

void crowd::connect_failed(std::uint32_t i, int error) {
  ++of(i).counts.failed;
  last_error_ = error;
  open_later(i);
  settle(members_[i]);
}

void crowd::settle(member& m) {
  if (!std::exchange(m.settled, true) && ++settled_ == members_.size()) all_settled_.notify_all();
}

void crowd::lose(std::uint32_t i) {
  population& p = of(i);
  ++p.counts.lost;
  --p.open;
  // A connection that is closed as soon as it is open is no better than one that is refused.
  if (clock_now() - members_[i].since > back_off(UINT8_MAX)) members_[i].failures = 0;
  open_later(i);
}

void crowd::open_later(std::uint32_t i) {
  member& m = members_[i];
  m.socket.close();
  m.reader.reset();
  m.sent = 0;
  m.now = state::closed;
  closed_.push({clock_now() + back_off(m.failures), i});
  if (m.failures < UINT8_MAX) ++m.failures;
}

// ---- requests

void crowd::ready(std::uint32_t i, std::uint32_t events) {
  if (members_[i].now == state::connecting) return connected(i);
  if ((events & EPOLLIN) != 0) return receive(i, buffer_.size());
  lose(i);  // EPOLLERR or EPOLLHUP
}

// A slow member's turn.
void crowd::drip(std::uint32_t i) {
  if (members_[i].now != state::open) return;
  const bool reader = kind(i) == slow_readers;
  if (!send_some(i)) return receive(i, buffer_.size());  // the server hung up; what it said before may be there
  if (reader) receive(i, std::min(plan_.read_bytes, buffer_.size()));
}

// The next byte of a slow sender's request, or what is left of a slow reader's. False when the connection has ended.
bool crowd::send_some(std::uint32_t i) {
  member& m = members_[i];
  population& p = of(i);
  const std::size_t left = p.request.size() - m.sent;
  if (left == 0) return true;
  const ssize_t n = ::send(m.socket.get(), p.request.data() + m.sent, kind(i) == slow_senders ? 1 : left, MSG_NOSIGNAL);
  if (n < 0) return errno == EAGAIN;
  m.sent += static_cast<std::uint32_t>(n);
  p.counts.bytes_sent += static_cast<std::uint64_t>(n);
  return true;
}

void crowd::receive(std::uint32_t i, std::size_t most) {
  const ssize_t n = ::recv(members_[i].socket.get(), buffer_.data(), most, 0);
  if (n == 0) return hung_up(i);
  if (n < 0) return errno == EAGAIN ? void() : lose(i);
  of(i).counts.bytes_received += static_cast<std::uint64_t>(n);
  read(i, {buffer_.data(), static_cast<std::size_t>(n)});
}

void crowd::read(std::uint32_t i, std::string_view bytes) {
  static const reply_reader::expectation anything;
  member& m = members_[i];
  while (!bytes.empty() && m.now == state::open) {
    reply r;
    switch (m.reader.read(bytes, anything, r)) {
      case reply_reader::result::need_more:
        return;
      case reply_reader::result::bad:
        ++of(i).counts.protocol_errors;
        return lose(i);
      case reply_reader::result::complete:
        replied(i, r);
    }
  }
}

void crowd::hung_up(std::uint32_t i) {
  reply r;
  switch (members_[i].reader.end(r)) {
    case reply_reader::result::complete:
      r.keep_alive = false;
      return replied(i, r);
    case reply_reader::result::bad:
      ++of(i).counts.protocol_errors;
      [[fallthrough]];
    case reply_reader::result::need_more:
      lose(i);
  }
}

void crowd::replied(std::uint32_t i, const reply& r) {
  population& p = of(i);
  member& m = members_[i];
  const bool asked = !p.request.empty() && m.sent == p.request.size();
  if (r.status < 200 || r.status > 299)
    ++p.counts.status_errors;
  else
    ++(asked ? p.counts.replies : p.counts.protocol_errors);
  if (!asked || !r.keep_alive) return lose(i);
  m.sent = 0;
}

}  // namespace tvl::load
