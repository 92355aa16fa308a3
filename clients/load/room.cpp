#include "clients/load/room.hpp"

#include "clients/load/backlog.hpp"
#include "clients/load/clock.hpp"
#include "clients/load/descriptor.hpp"
#include "clients/load/frames.hpp"
#include "clients/load/load.hpp"
#include "clients/load/url.hpp"

#include <netinet/tcp.h>
#include <sched.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <ctime>
#include <random>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace tvl::load {
namespace {

constexpr std::size_t read_size = 64u << 10;
constexpr std::int64_t most_idle = 100 * one_millisecond;  // between looks at the stop token
constexpr std::int64_t quiet_time = 10 * one_millisecond;  // after which it is worth asking whether all is delivered
constexpr std::int64_t last_wait = 2 * one_second;         // for deliveries, after the window
constexpr int most_joining = 256;                          // at once: below any sane server's backlog
// Nobody between us and the server has to be fooled by a random one (RFC 6455 10.3), so all members have the same.
constexpr std::string_view key = "dGhyZWFkcyB2cyBsb29wIQ==";
constexpr std::string_view normal_closure = "\x03\xe8";  // 1000

// The calling thread stays on one core while this lives.
class pinned {
 public:
  explicit pinned(int cpu) {
    ::sched_getaffinity(0, sizeof before_, &before_);
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(cpu, &set);
    if (::sched_setaffinity(0, sizeof set, &set) != 0)
      throw bad_plan("cannot pin the generator to cpu " + std::to_string(cpu) + ": " + std::strerror(errno));
  }
  ~pinned() { ::sched_setaffinity(0, sizeof before_, &before_); }
  pinned(const pinned&) = delete;
  pinned& operator=(const pinned&) = delete;

 private:
  cpu_set_t before_;
};

url room_url(const plan& p) {
  if (!p.url.starts_with("ws://")) throw bad_plan("'" + p.url + "' is not a URL of the form ws://HOST[:PORT]/PATH");
  return parse_url(p.url, p.allow_remote);
}

struct member {
  enum class state : unsigned char { connecting, upgrading, joined, closed };

  descriptor socket;
  state now = state::closed;
  std::size_t number = 0;  // in the ledger
  std::string unsent;      // bytes that did not fit into the socket yet
  upgrade_reader upgrade;
  frame_reader frames;
};

class room {
 public:
  room(const plan&, std::stop_token);

  void join();
  void run();
  room_result result() const;

 private:
  using state = member::state;
  enum class phase { joining, sending, draining };

  // Waits for sockets until `until` at the latest; returns how many had something.
  int poll(std::int64_t until, bool spin);
  void ready(member&, std::uint32_t events);

  void open_some();
  void open(member&);
  void connected(member&);
  void upgraded(member&, std::string_view& bytes);
  void settle() { --joining_; }
  void leave(member&, const std::string& reason);

  void receive(member&, bool hang_up);
  void read(member&, std::string_view bytes, std::int64_t now);
  void write(member&, std::string_view bytes);
  void write_rest(member&);

  void start(std::int64_t at);
  void send_due(std::int64_t before);
  member* next_sender();
  void end_window(std::int64_t at);
  void drain();
  void say_goodbye();

  const plan& plan_;
  const std::stop_token stop_;
  const url url_;
  const sockaddr_in server_;
  const std::string request_, accept_;
  descriptor epoll_;
  std::vector<char> buffer_;
  incoming incoming_;
  std::mt19937 masks_;

  std::vector<member> members_;
  std::size_t opened_ = 0;
  int joining_ = 0;
  std::string why_not_;  // the last member that could not join

  phase phase_ = phase::joining;
  std::vector<member*> in_turn_;  // who joined
  std::size_t turn_ = 0;
  std::optional<backlog> backlog_;
  room_ledger ledger_{0};
  std::int64_t begin_ = 0;  // of the window

  room_result result_;
};

room::room(const plan& p, std::stop_token stop)
    : plan_(p),
      stop_(std::move(stop)),
      url_(room_url(p)),
      server_(url_.endpoint()),
      request_(upgrade_request(url_.host, url_.port, url_.target, key)),
      accept_(accept_of(key)),
      epoll_(::epoll_create1(EPOLL_CLOEXEC)),
      buffer_(read_size),
      masks_(static_cast<std::uint32_t>(p.seed)),
      members_(static_cast<std::size_t>(p.connections)) {
  if (epoll_.get() < 0) throw std::system_error(errno, std::system_category(), "epoll_create1");
  result_.asked = p;
  result_.members.asked = members_.size();
}

// ---- the loop

int room::poll(std::int64_t until, bool spin) {
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

void room::ready(member& m, std::uint32_t events) {
  if (m.now == state::closed) return;
  if (m.now == state::connecting) return connected(m);
  if ((events & EPOLLOUT) != 0) write_rest(m);
  const bool hang_up = (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0;
  if ((events & EPOLLIN) != 0 || hang_up) receive(m, hang_up);
}

// ---- joining

void room::join() {
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
  result_.members.joined = in_turn_.size();
  result_.members.failed = members_.size() - in_turn_.size();
  if (in_turn_.empty() && !stop_.stop_requested()) throw bad_plan("nobody could join " + plan_.url + ": " + why_not_);
}

void room::open_some() {
  for (; opened_ < members_.size() && joining_ < most_joining; ++opened_) open(members_[opened_]);
}

void room::open(member& m) {
  ++joining_;
  m.now = state::connecting;
  m.socket = descriptor(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (m.socket.get() < 0) return leave(m, std::strerror(errno));
  const int on = 1;
  ::setsockopt(m.socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  const int result = ::connect(m.socket.get(), reinterpret_cast<const sockaddr*>(&server_), sizeof server_);
  if (result != 0 && errno != EINPROGRESS) return leave(m, std::strerror(errno));
  epoll_event event{};
  event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
  event.data.ptr = &m;
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, m.socket.get(), &event);
}

void room::connected(member& m) {
  int error = 0;
  socklen_t size = sizeof error;
  ::getsockopt(m.socket.get(), SOL_SOCKET, SO_ERROR, &error, &size);
  if (error != 0) return leave(m, std::strerror(error));
  m.now = state::upgrading;
  write(m, request_);
}

void room::upgraded(member& m, std::string_view& bytes) {
  int status = 0;
  switch (m.upgrade.read(bytes, accept_, status)) {
    case upgrade_reader::result::need_more:
      return;
    case upgrade_reader::result::accepted:
      m.now = state::joined;
      return settle();
    case upgrade_reader::result::refused:
      return leave(m, "the server answers with status " + std::to_string(status));
    case upgrade_reader::result::bad:
      return leave(m, "the server's answer is not that of a WebSocket server");
  }
}

// Whatever ended it: the member's connection is over.
void room::leave(member& m, const std::string& reason) {
  if (m.now == state::closed) return;
  if (m.now != state::joined) settle();
  m.now = state::closed;
  m.socket.close();
  m.unsent = {};
  m.upgrade.reset();
  m.frames.reset();
  if (phase_ == phase::joining) {
    why_not_ = reason;
    return;
  }
  ++result_.members.closed;
  ledger_.closed(m.number);
}

// ---- bytes

void room::receive(member& m, bool hang_up) {
  for (bool more = true; more && m.now != state::closed;) {
    const ssize_t n = ::recv(m.socket.get(), buffer_.data(), buffer_.size(), 0);
    const std::int64_t now = clock_now();
    if (n < 0) return errno == EAGAIN ? void() : leave(m, std::strerror(errno));
    if (n == 0) return leave(m, "the server closed the connection");
    read(m, {buffer_.data(), static_cast<std::size_t>(n)}, now);
    // Edge-triggered: a read that filled the buffer, or a hang-up to be seen, asks for another one.
    more = hang_up || static_cast<std::size_t>(n) == buffer_.size();
  }
}

void room::read(member& m, std::string_view bytes, std::int64_t now) {
  if (m.now == state::upgrading) upgraded(m, bytes);
  while (m.now == state::joined && !bytes.empty()) {
    switch (m.frames.read(bytes, incoming_)) {
      case frame_reader::result::need_more:
        break;
      case frame_reader::result::message:
        if (phase_ != phase::joining) ledger_.receive(m.number, incoming_.payload, now);
        break;
      case frame_reader::result::ping:
        // One that comes while the socket takes nothing goes without: the next one asks again.
        if (m.unsent.empty()) write(m, client_frame(opcode::pong, incoming_.payload, masks_()));
        break;
      case frame_reader::result::close:
        if (m.unsent.empty()) write(m, client_frame(opcode::close, incoming_.payload, masks_()));
        leave(m, "the server closed the WebSocket");
        break;
      case frame_reader::result::bad:
        if (phase_ != phase::joining) ++result_.members.protocol_errors;
        leave(m, "the server sends what is not WebSocket");
        break;
    }
  }
}

// Nothing is written while something is unsent, so what waits is one frame at the most.
void room::write(member& m, std::string_view bytes) {
  m.unsent = bytes;
  write_rest(m);
}

void room::write_rest(member& m) {
  if (m.unsent.empty()) return;
  const ssize_t n = ::send(m.socket.get(), m.unsent.data(), m.unsent.size(), MSG_NOSIGNAL);
  if (n >= 0)
    m.unsent.erase(0, static_cast<std::size_t>(n));
  else if (errno != EAGAIN)
    leave(m, std::strerror(errno));
}

// ---- messages

void room::run() {
  const std::int64_t at = clock_now();
  start(at);
  const std::int64_t end = begin_ + static_cast<std::int64_t>(plan_.seconds * 1e9);
  const bool spin =
      plan_.idle == idle_strategy::spin || (plan_.idle == idle_strategy::automatic && !plan_.cpus.empty());
  std::optional<std::int64_t> cpu_at_begin;
  std::int64_t now = at;
  while (now < end && !stop_.stop_requested()) {
    if (now >= begin_ && !cpu_at_begin) cpu_at_begin = thread_cpu_now();
    send_due(now + 1);
    // Messages without a member that can take them wait for a socket, not for the clock.
    const std::int64_t next = backlog_->empty() ? backlog_->next() : end;
    poll(std::min({next, end, cpu_at_begin ? end : begin_}), spin);
    now = clock_now();
  }
  if (cpu_at_begin && now > begin_)
    result_.generator_cpu_share =
        static_cast<double>(thread_cpu_now() - *cpu_at_begin) / static_cast<double>(now - begin_);
  result_.interrupted = now < end;
  end_window(std::min(now, end));
  drain();
  say_goodbye();
}

void room::start(std::int64_t at) {
  phase_ = phase::sending;
  begin_ = at + static_cast<std::int64_t>(plan_.warmup_s * 1e9);
  backlog_.emplace(schedule(plan_.arrivals, plan_.rate, plan_.seed, at, 0));
  ledger_ = room_ledger(in_turn_.size());
  for (std::size_t i = 0; i < in_turn_.size(); ++i) in_turn_[i]->number = i;
}

void room::send_due(std::int64_t before) {
  backlog_->fall_due(before);
  while (!backlog_->empty()) {
    member* const m = next_sender();
    if (m == nullptr) return;
    const std::int64_t due = backlog_->pop(), now = clock_now();
    const bool counted = due >= begin_;
    if (counted) {
      ++result_.messages.sent;
      result_.lag.record(now - due);
    }
    write(*m, client_frame(opcode::text, ledger_.send(m->number, due, counted), masks_()));
  }
}

member* room::next_sender() {
  for (std::size_t i = 0; i < in_turn_.size(); ++i) {
    member* const m = in_turn_[turn_];
    turn_ = (turn_ + 1) % in_turn_.size();
    if (m->now == state::joined && m->unsent.empty()) return m;
  }
  return nullptr;
}

void room::end_window(std::int64_t at) {
  send_due(at);
  while (!backlog_->empty())
    if (backlog_->pop() >= begin_) ++result_.messages.unsent;
  result_.messages.scheduled = result_.messages.sent + result_.messages.unsent;
  result_.window_s = std::max(0.0, static_cast<double>(at - begin_) / 1e9);
  phase_ = phase::draining;
}

void room::drain() {
  const std::int64_t give_up = clock_now() + last_wait;
  for (std::int64_t now = clock_now(); now < give_up; now = clock_now())
    if (poll(std::min(give_up, now + quiet_time), false) == 0 && ledger_.tally().lost == 0) return;
}

void room::say_goodbye() {
  for (auto& m : members_)
    if (m.now == state::joined && m.unsent.empty()) {
      const auto frame = client_frame(opcode::close, normal_closure, masks_());
      ::send(m.socket.get(), frame.data(), frame.size(), MSG_NOSIGNAL);
    }
}

room_result room::result() const {
  room_result r = result_;
  r.deliveries = ledger_.tally();
  r.sender_included = ledger_.sender_included();
  r.delivery = ledger_.delivery();
  if (r.deliveries.expected > 0)
    r.reach = static_cast<double>(r.deliveries.received) / static_cast<double>(r.deliveries.expected);
  return r;
}

}  // namespace

room_result run_room(const plan& p, std::stop_token stop) {
  if (!p.open_loop()) throw bad_plan("a room needs a rate of messages a second");
  check_limits(p);
  const std::optional<pinned> here =
      p.cpus.empty() ? std::nullopt : std::optional<pinned>(std::in_place, p.cpus.front());
  room r(p, std::move(stop));
  r.join();
  r.run();
  return r.result();
}

}  // namespace tvl::load
