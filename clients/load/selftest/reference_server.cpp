#include "clients/load/selftest/reference_server.hpp"

#include "clients/load/base/clock.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <functional>
#include <new>
#include <queue>
#include <random>
#include <system_error>
#include <unordered_map>
#include <utility>
#include <vector>

namespace tvl::load {
namespace {

constexpr std::int64_t spin_ns = 50'000;            // a sleeping core takes about this long to wake
constexpr std::int64_t nap = 10 * one_millisecond;  // between polls of the ledger's control fields
constexpr std::int64_t pump_period = one_millisecond;
constexpr std::size_t pump_size = 4096;

[[noreturn]] void fail(const char* what) { throw std::system_error(errno, std::system_category(), what); }

std::string timed_reply(std::int64_t service_ns) {
  char text[128];
  const int n = std::snprintf(text, sizeof text,
                              "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-Service-Time-Us: %012.3f\r\n\r\nknown",
                              static_cast<double>(service_ns) / 1e3);
  return {text, static_cast<std::size_t>(n)};
}

// A faulty reply, sent at once.
struct hostile {
  std::string_view path;
  std::string_view bytes;
  enum class after { keep, close, reset, drip, pump } then;
  bool whole;  // counts as a reply
};

constexpr hostile hostiles[] = {
    {"/500", "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 5\r\n\r\nknown", hostile::after::keep, true},
    {"/old", "HTTP/1.0 200 OK\r\n\r\nknown", hostile::after::close, true},
    {"/chunked-with-length",
     "HTTP/1.1 200\r\nTransfer-Encoding: chunked\r\nContent-Length: 12\r\n\r\n5;a=b\r\nknown\r\n0\r\nX: y\r\n\r\n",
     hostile::after::keep, true},
    {"/silent", "", hostile::after::keep, false},
    {"/garbage", "\x16\x03\x01 this is not HTTP\r\n\r\n", hostile::after::keep, false},
    {"/drip", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nknown", hostile::after::drip, false},
    {"/endless-header", "HTTP/1.1 200 OK\r\nX-Endless: ", hostile::after::pump, false},
    {"/endless-body", "HTTP/1.1 200 OK\r\n\r\n", hostile::after::pump, false},
    {"/wrong-length", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nknown", hostile::after::close, false},
    {"/half", "HTTP/1.1 200 OK\r\nContent-Le", hostile::after::close, false},
    {"/reset", "", hostile::after::reset, false},
    {"/unasked", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nknown, and more", hostile::after::keep, true},
};

// The event loop, in the server's thread or process. Writes the ledger.
class loop {
 public:
  loop(int listener, const reference_server::options& how, ledger& seen)
      : listener_(listener), how_(how), seen_(seen), epoll_(::epoll_create1(EPOLL_CLOEXEC)), random_(how.seed) {
    watch(listener_, listener_);
  }
  ~loop() {
    for (const auto& [socket, p] : peers_) ::close(socket);
    ::close(epoll_);
    ::close(listener_);
  }
  loop(const loop&) = delete;
  loop& operator=(const loop&) = delete;

  void run() {
    // When stopping, continues until no more input arrives.
    for (bool idle = false; !idle || !seen_.stopping;) {
      if (const std::int64_t until = seen_.stalled_until; clock_now() < until) stall(until);
      idle = !poll();
      do_what_is_due();
    }
  }

 private:
  struct peer {
    std::uint64_t id;     // distinguishes connections with the same descriptor
    std::uint64_t index;  // in the order of accept()
    std::string input;
  };
  struct task {
    std::int64_t due;
    int socket;
    std::uint64_t id;
    enum class kind { reply, drip, pump } what;
    std::uint64_t exchange = 0;
    std::int64_t read = 0;
    std::string_view rest = {};
    bool operator>(const task& other) const { return due > other.due; }
  };

  void stall(std::int64_t until) {
    const timespec at{until / one_second, until % one_second};
    ::clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, nullptr);
  }

  bool poll() {
    std::int64_t wait = seen_.stopping ? 0 : nap;
    if (!tasks_.empty()) wait = std::min(wait, tasks_.top().due - clock_now() - spin_ns);
    const timespec timeout{0, std::max<std::int64_t>(0, wait)};
    std::array<epoll_event, 256> events;
    const int n = ::epoll_pwait2(epoll_, events.data(), events.size(), &timeout, nullptr);
    for (int i = 0; i < n; ++i) {
      const int socket = events[static_cast<std::size_t>(i)].data.fd;
      socket == listener_ ? accept() : receive(socket);
    }
    return n > 0;
  }

  void watch(int socket, int name) const {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = name;
    if (::epoll_ctl(epoll_, EPOLL_CTL_ADD, socket, &event) != 0) fail("epoll_ctl");
  }

  void accept() {
    const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (socket < 0) return;
    const int on = 1;
    ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    const std::uint64_t index = seen_.connections++;
    peers_[socket] = {next_id_++, index, {}};
    watch(socket, socket);
  }

  void close(int socket) {
    peers_.erase(socket);
    ::close(socket);
  }

  void receive(int socket) {
    char bytes[4096];
    const ssize_t n = ::recv(socket, bytes, sizeof bytes, 0);
    if (n < 0 && errno == EAGAIN) return;
    if (n <= 0) return close(socket);
    const std::int64_t now = clock_now();
    auto& input = peers_.at(socket).input;
    input.append(bytes, static_cast<std::size_t>(n));
    for (auto end = input.find("\r\n\r\n"); end != input.npos; end = input.find("\r\n\r\n")) {
      const auto path_begin = input.find(' ') + 1;
      const std::string path = input.substr(path_begin, input.find(' ', path_begin) - path_begin);
      input.erase(0, end + 4);
      if (!requested(socket, path, now)) return;
    }
  }

  // False when the connection is gone.
  bool requested(int socket, std::string_view path, std::int64_t now) {
    const peer& p = peers_.at(socket);
    const std::uint64_t exchange = seen_.requests++;
    if (exchange < ledger::most_exchanges) seen_.exchanges[exchange].read = now;
    if (p.index < ledger::most_peers) ++seen_.peers[p.index].requests;
    if (p.index < static_cast<std::uint64_t>(how_.silent)) return true;
    for (const auto& h : hostiles)
      if (h.path == path) return offend(h, socket, exchange, now);
    tasks_.push({due(path, now), socket, p.id, task::kind::reply, exchange, now});
    return true;
  }

  std::int64_t due(std::string_view path, std::int64_t now) {
    const auto slash = path.find('/', 1);
    std::int64_t us = 0;
    if (slash != path.npos) std::from_chars(path.data() + slash + 1, path.data() + path.size(), us);
    const auto name = path.substr(0, slash);
    if (name == "/queue") return worker_free_ = std::max(now, worker_free_) + us * 1000;
    if (name == "/mixture") return now + (uniform_(random_) < 0.05 ? 50 : 1) * one_millisecond;
    if (name == "/exponential")
      return now + static_cast<std::int64_t>(-std::log1p(-uniform_(random_)) * static_cast<double>(us) * 1e3);
    return now + us * 1000;
  }

  bool offend(const hostile& h, int socket, std::uint64_t exchange, std::int64_t now) {
    using then = hostile::after;
    const std::uint64_t id = peers_.at(socket).id;
    if (h.then == then::drip) {
      tasks_.push({now + one_second, socket, id, task::kind::drip, exchange, now, h.bytes});
      return true;
    }
    if (!h.bytes.empty()) send(socket, h.bytes);
    if (h.whole) replied(socket, exchange);
    if (h.then == then::pump) tasks_.push({now + pump_period, socket, id, task::kind::pump});
    if (h.then == then::reset) {
      const linger at_once{1, 0};
      ::setsockopt(socket, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    }
    if (h.then != then::close && h.then != then::reset) return true;
    close(socket);
    return false;
  }

  void do_what_is_due() {
    while (!tasks_.empty() && tasks_.top().due <= clock_now()) {
      const task t = tasks_.top();
      tasks_.pop();
      const auto p = peers_.find(t.socket);
      if (p == peers_.end() || p->second.id != t.id) continue;  // closed meanwhile
      if (t.what == task::kind::reply)
        reply(t);
      else if (t.what == task::kind::drip)
        drip(t);
      else
        pump(t);
    }
  }

  void reply(const task& t) {
    send(t.socket, timed_reply(clock_now() - t.read));
    replied(t.socket, t.exchange);
  }

  void drip(task t) {
    send(t.socket, t.rest.substr(0, 1));
    t.rest.remove_prefix(1);
    if (t.rest.empty()) return replied(t.socket, t.exchange);
    t.due += one_second;
    tasks_.push(t);
  }

  void pump(task t) {
    static const std::string some(pump_size, 'x');
    send(t.socket, some);
    t.due += pump_period;
    tasks_.push(t);
  }

  // Drops what does not fit into the socket buffer, which does not happen with a client that reads.
  static void send(int socket, std::string_view bytes) { ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL); }

  void replied(int socket, std::uint64_t exchange) {
    ++seen_.replies;
    if (exchange < ledger::most_exchanges) seen_.exchanges[exchange].replied = clock_now();
    if (const auto index = peers_.at(socket).index; index < ledger::most_peers) ++seen_.peers[index].replies;
  }

  const int listener_;
  const reference_server::options how_;
  ledger& seen_;
  const int epoll_;
  std::mt19937_64 random_;
  std::uniform_real_distribution<double> uniform_;
  std::unordered_map<int, peer> peers_;
  std::uint64_t next_id_ = 0;
  std::priority_queue<task, std::vector<task>, std::greater<>> tasks_;
  std::int64_t worker_free_ = 0;
};

ledger* shared_ledger() {
  void* memory = ::mmap(nullptr, sizeof(ledger), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) fail("mmap");
  return new (memory) ledger;
}

int listen_on_free_port(unsigned short& port) {
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  sockaddr_in name{};
  name.sin_family = AF_INET;
  name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof name;
  if (listener < 0 || ::bind(listener, reinterpret_cast<sockaddr*>(&name), size) != 0 ||
      ::listen(listener, SOMAXCONN) != 0 || ::getsockname(listener, reinterpret_cast<sockaddr*>(&name), &size) != 0)
    fail("cannot listen on 127.0.0.1");
  port = ntohs(name.sin_port);
  return listener;
}

void serve(int listener, const reference_server::options& how, ledger& seen) {
  ::prctl(PR_SET_TIMERSLACK, 1);  // 50 us otherwise
  if (how.cpu) {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(*how.cpu, &set);
    ::sched_setaffinity(0, sizeof set, &set);
  }
  loop(listener, how, seen).run();
}

}  // namespace

reference_server::reference_server(const options& how) : ledger_(shared_ledger()) {
  const int listener = listen_on_free_port(port_);
  if (!how.child) {
    thread_ = std::jthread([this, listener, how] { serve(listener, how, *ledger_); });
    return;
  }
  const pid_t parent = ::getpid();
  child_ = ::fork();
  if (child_ < 0) fail("fork");
  if (child_ == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() == parent) serve(listener, how, *ledger_);
    ::_exit(0);
  }
  ::close(listener);
}

reference_server::~reference_server() {
  signal(SIGKILL);
  stop();
  ::munmap(ledger_, sizeof(ledger));
}

std::string reference_server::url(std::string_view path) const {
  return "http://127.0.0.1:" + std::to_string(port_) + std::string(path);
}

void reference_server::stall(double seconds) {
  ledger_->stalled_until = clock_now() + static_cast<std::int64_t>(seconds * 1e9);
}

void reference_server::signal(int number) const {
  if (child_ > 0) ::kill(child_, number);
}

void reference_server::stop() {
  ledger_->stopping = true;
  if (thread_.joinable()) thread_.join();
  if (child_ > 0) ::waitpid(child_, nullptr, 0);
  child_ = 0;
}

}  // namespace tvl::load
