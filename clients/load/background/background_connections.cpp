#include "clients/load/background/background_connections.hpp"

#include "clients/load/base/bad_plan.hpp"
#include "clients/load/base/clock.hpp"
#include "clients/load/base/congestion_control.hpp"
#include "clients/load/base/connecting.hpp"
#include "clients/load/base/pin.hpp"
#include "clients/load/engine/prepared_target.hpp"
#include "clients/load/plan/source_addresses.hpp"

#include <netinet/tcp.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <ctime>
#include <system_error>

namespace tvl::load {
namespace {

constexpr std::uint32_t stop_event = UINT32_MAX;
constexpr int most_pipelined = 4096;
constexpr int receive_buffer = 4096;  // of slow readers; the kernel doubles it, half of that is overhead
constexpr int syn_retries = 3;        // the kernel gives up a connect() after 1 + 2 + 4 + 8 s

std::int64_t cpu_ns_of(std::jthread& thread) {
  clockid_t clock{};
  timespec t{};
  if (::pthread_getcpuclockid(thread.native_handle(), &clock) != 0 || ::clock_gettime(clock, &t) != 0)
    throw std::system_error(errno, std::system_category(), "CPU time of the background connections");
  return t.tv_sec * one_second + t.tv_nsec;
}

descriptor checked(int fd, const char* what) {
  if (fd < 0) throw std::system_error(errno, std::system_category(), what);
  return descriptor(fd);
}

const background_plan& checked(const background_plan& p) {
  if (std::min({p.idle, p.idle_websockets, p.greedy, p.slow_senders, p.slow_readers, p.garbage}) < 0)
    throw bad_plan("a number of background connections is negative");
  if (p.greedy_depth < 1 || p.greedy_depth > most_pipelined)
    throw bad_plan("a pipelining client sends 1 to " + std::to_string(most_pipelined) + " requests at a time");
  if (!(p.drip_s >= 0.001 && p.drip_s <= 3600)) throw bad_plan("the time between two drips has to be 1 ms to 1 h");
  if (p.read_bytes == 0) throw bad_plan("a slow reader that reads 0 bytes at a time is an idle connection");
  return p;
}

std::string request_bytes(const std::string& path, const url& server, const std::vector<std::string>& headers) {
  target t;
  t.path = path;
  t.headers = headers;
  return prepare({t}, server).front().request;
}

}  // namespace

background_connections::background_connections(const background_plan& p, const url& server,
                                               const std::vector<in_addr>& sources, std::optional<int> cpu,
                                               const std::vector<std::string>& headers)
    : plan_(checked(p)),
      server_(server.endpoint()),
      sources_(sources),
      offer_(p.idle_websockets > 0 ? offer_upgrade(server, p.websocket_target, headers) : upgrade_offer()),
      slice_(std::min(10 * one_millisecond, static_cast<std::int64_t>(p.drip_s * 1e9 / 10))),
      epoll_(checked(::epoll_create1(EPOLL_CLOEXEC), "epoll_create1")),
      stop_(checked(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC), "eventfd")),
      members_(static_cast<std::size_t>(p.connections())),
      drips_(static_cast<std::size_t>(p.slow_senders + p.slow_readers + p.garbage),
             static_cast<std::int64_t>(p.drip_s * 1e9), clock_now()),
      garbage_(server),
      buffer_(read_size) {
  const auto size = [](int connections) { return static_cast<std::uint32_t>(connections); };
  groups_[idle] = {size(p.idle)};
  groups_[idle_websockets] = {size(p.idle_websockets), offer_.request};
  groups_[pipelining] = {size(p.greedy), request_bytes("", server, headers)};
  groups_[slow_senders] = {size(p.slow_senders), request_bytes(p.slow_sender_target, server, headers)};
  groups_[slow_readers] = {size(p.slow_readers), request_bytes(p.slow_reader_target, server, headers)};
  groups_[garbage] = {size(p.garbage)};
  for (int n = 0; p.greedy > 0 && n <= p.greedy_depth; ++n) batch_ += groups_[pipelining].request;
  first_slow_ = size(p.idle + p.idle_websockets + p.greedy);
  for (std::uint32_t i = 0; i < members_.size(); ++i) closed_.push({0, i});
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u32 = stop_event;
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, stop_.get(), &event);
  thread_ = std::jthread([this](const std::stop_token& stopped) { run(stopped); });
  if (cpu) pin(thread_.native_handle(), *cpu);
}

bool background_connections::wait_until_settled(std::chrono::nanoseconds timeout, std::stop_token stopped) {
  std::unique_lock lock(mutex_);
  return all_settled_.wait_for(lock, std::move(stopped), timeout, [this] { return settled_ == members_.size(); });
}

void background_connections::begin_window() {
  const std::lock_guard lock(mutex_);
  for (auto& p : groups_) {
    p.counts = {.established = p.open, .first_error = std::move(p.counts.first_error)};
  }
  cpu_at_begin_ = cpu_ns_of(thread_);
}

background_counts background_connections::end_window() const {
  const std::lock_guard lock(mutex_);
  const auto counts = [](const group& g) {
    auto result = g.size > 0 ? std::optional(g.counts) : std::nullopt;
    if (result) result->asked = g.size;
    return result;
  };
  return {counts(groups_[idle]),
          counts(groups_[idle_websockets]),
          counts(groups_[pipelining]),
          counts(groups_[slow_senders]),
          counts(groups_[slow_readers]),
          counts(groups_[garbage]),
          static_cast<double>(cpu_ns_of(thread_) - cpu_at_begin_) / 1e9};
}

int background_connections::last_error() const {
  const std::lock_guard lock(mutex_);
  return last_error_;
}

// ---- the loop

void background_connections::run(const std::stop_token& stopped) {
  ::pthread_setname_np(::pthread_self(), "background");
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
    drips_.take(now, [&](std::size_t turn) { drip(first_slow_ + static_cast<std::uint32_t>(turn)); });
    open_due(now);
  }
}

// INT64_MAX = no timer is pending.
std::int64_t background_connections::next_wake() const {
  const std::int64_t drip = drips_.next();
  const std::int64_t next = drip == INT64_MAX ? drip : (drip / slice_ + 1) * slice_;
  return closed_.empty() || connecting_ >= most_connecting ? next : std::min(next, closed_.top().at);
}

int background_connections::kind(std::uint32_t i) const {
  int k = idle;
  for (; i >= groups_[static_cast<std::size_t>(k)].size; ++k) i -= groups_[static_cast<std::size_t>(k)].size;
  return k;
}

// ---- connections

void background_connections::open_due(std::int64_t now) {
  while (connecting_ < most_connecting && !closed_.empty() && closed_.top().at <= now) {
    const std::uint32_t i = closed_.top().member;
    closed_.pop();
    open(i);
  }
}

void background_connections::open(std::uint32_t i) {
  if (!start_connect(i)) return connect_failed(i, errno);
  members_[i].now = state::connecting;
  ++connecting_;
}

// False, with errno set, when it failed at once.
bool background_connections::start_connect(std::uint32_t i) {
  members_[i].socket = descriptor(::socket(server_.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  const int socket = members_[i].socket.get();
  if (socket < 0) return false;
  const int on = 1;  // a slow sender's bytes must not be combined
  ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  set_congestion_control(socket, usual_congestion_control);
  ::setsockopt(socket, IPPROTO_TCP, TCP_SYNCNT, &syn_retries, sizeof syn_retries);
  if (kind(i) == slow_readers) ::setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
  if (!sources_.empty() && !bind_source(socket, sources_[i % sources_.size()])) return false;
  if (::connect(socket, server_.name(), server_.size()) != 0 && errno != EINPROGRESS) return false;
  epoll_event event{};
  event.events = EPOLLOUT;
  event.data.u32 = i;
  return ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, socket, &event) == 0;
}

void background_connections::connected(std::uint32_t i) {
  member& m = members_[i];
  --connecting_;
  int error = 0;
  socklen_t size = sizeof error;
  ::getsockopt(m.socket.get(), SOL_SOCKET, SO_ERROR, &error, &size);
  if (error != 0) return connect_failed(i, error);
  // Slow readers read by timer; epoll reports a reset anyway.
  watch(i, kind(i) == slow_readers ? 0u : std::uint32_t{EPOLLIN});
  if (kind(i) == idle_websockets) return upgrade(i);
  opened(i);
  if (kind(i) != pipelining) return;
  m.unsent = static_cast<std::uint32_t>(plan_.greedy_depth) * static_cast<std::uint32_t>(of(i).request.size());
  send_batch(i);
}

void background_connections::opened(std::uint32_t i) {
  member& m = members_[i];
  m.now = state::open;
  m.since = clock_now();
  group& p = of(i);
  p.counts.established = std::max(p.counts.established, ++p.open);
  settle(m);
}

void background_connections::connect_failed(std::uint32_t i, int error) {
  ++of(i).counts.failed;
  note(i, std::strerror(error));
  last_error_ = error;
  open_later(i);
  settle(members_[i]);
}

// Only the first cause stays.
void background_connections::note(std::uint32_t i, const std::string& cause) {
  auto& first = of(i).counts.first_error;
  if (!first) first = cause;
}

void background_connections::settle(member& m) {
  if (!std::exchange(m.settled, true) && ++settled_ == members_.size()) all_settled_.notify_all();
}

void background_connections::lose(std::uint32_t i) {
  group& p = of(i);
  if (members_[i].now == state::closed) return;
  if (members_[i].now == state::upgrading) return connect_failed(i, EPROTO);
  ++p.counts.lost;
  note(i, "the server closed the connection");
  --p.open;
  // A connection that closes at once backs off like a refused one.
  if (kind(i) == garbage || clock_now() - members_[i].since > back_off(UINT8_MAX)) members_[i].failures = 0;
  open_later(i);
}

void background_connections::open_later(std::uint32_t i) {
  member& m = members_[i];
  m.socket.close();
  m.reader.emplace<reply_reader>();
  controls_.erase(i);
  m.sent = m.unsent = 0;
  m.now = state::closed;
  closed_.push({clock_now() + back_off(m.failures), i});
  if (m.failures < UINT8_MAX) ++m.failures;
}

// ---- bytes

void background_connections::ready(std::uint32_t i, std::uint32_t events) {
  if (members_[i].now == state::connecting) return connected(i);
  if ((events & EPOLLOUT) != 0) {
    watch(i, EPOLLIN);
    kind(i) == idle_websockets ? send_rest(i) : send_batch(i);
  }
  if ((events & EPOLLIN) != 0) return receive(i, buffer_.size());
  if ((events & (EPOLLERR | EPOLLHUP)) != 0) lose(i);
}

void background_connections::watch(std::uint32_t i, std::uint32_t events) {
  epoll_event event{};
  event.events = events;
  event.data.u32 = i;
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, members_[i].socket.get(), &event);
}

void background_connections::receive(std::uint32_t i, std::size_t most) {
  if (members_[i].now == state::closed) return;
  const ssize_t n = ::recv(members_[i].socket.get(), buffer_.data(), most, 0);
  if (n == 0) return hung_up(i);
  if (n < 0) return errno == EAGAIN ? void() : lose(i);
  of(i).counts.bytes_received += static_cast<std::uint64_t>(n);
  if (kind(i) == garbage) return;  // to which any answer is right
  const std::string_view bytes(buffer_.data(), static_cast<std::size_t>(n));
  if (members_[i].now == state::upgrading) return read_upgrade(i, bytes);
  if (kind(i) == idle_websockets) return read_frames(i, bytes);
  read_replies(i, bytes);
  if (kind(i) == pipelining && members_[i].now == state::open) send_batch(i);
}

void background_connections::hung_up(std::uint32_t i) {
  if (members_[i].now == state::upgrading) note(i, upgrade_unanswered);
  auto* const reader = std::get_if<reply_reader>(&members_[i].reader);
  if (reader == nullptr) return lose(i);
  reply r;
  switch (reader->end(r)) {
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

}  // namespace tvl::load
