// A value from Redis: hiredis contexts on Boost.Asio, and its own asynchronous interface on epoll.

#include "bench/waits/epoll_driver.hpp"
#include "bench/waits/wait.hpp"
#include "servers/drivers/redis/redis.hpp"

#include <poll.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <deque>
#include <hiredis/async.h>
#include <string>
#include <utility>
#include <vector>

namespace tvl::bench {
namespace {

class bare_cache;

// One connection, and hiredis' requests to epoll for it.
struct link {
  link(bare_cache& o, std::uint64_t m, redisAsyncContext* c) : owner(o), mark(m), context(c) {}
  link(const link&) = delete;
  link& operator=(const link&) = delete;
  ~link() {
    if (context) ::redisAsyncFree(context);
  }

  bare_cache& owner;
  const std::uint64_t mark;
  redisAsyncContext* context;  // null once hiredis has ended it
  std::size_t pending = 0;
  bool sending = false;  // hiredis has bytes to write
  bool blocked = false;  // until epoll reports it writable
};

// As many connections as the loop's pool, chosen by its rule. As there, the requests of one turn of the loop are sent
// with one write at its end, without waiting for EPOLLOUT, which would cost two epoll_ctl() per write.
class bare_cache : public way {
 public:
  explicit bare_cache(const setting& s) : setting_(s) {
    const auto address = waits::find_redis(s.options.redis);
    for (unsigned i = 0; i < std::min(s.at_once, s.options.pool); ++i) connect(address);
  }

  void make(std::uint64_t calls) override {
    tally t(calls, setting_.expected);
    for (unsigned i = 0; i < setting_.at_once && t.begin(); ++i) ask();
    flush();
    while (!t.done()) {
      driver_.wait(-1, [this](std::uint64_t mark, std::uint32_t events) { turn(links_[mark], events); });
      for (auto& reply : std::exchange(replies_, {})) {
        t.end(std::move(reply));
        if (t.begin()) ask();
      }
      flush();
    }
    t.check();
  }

 private:
  void connect(const waits::redis_address& address) {
    redisAsyncContext* const c = ::redisAsyncConnect(address.host.c_str(), address.port);
    if (!c) throw std::runtime_error("redis: out of memory");
    link& l = links_.emplace_back(*this, links_.size(), c);
    if (!waits::prepare(&c->c)) throw std::runtime_error("redis: no connection");
    c->ev.data = &l;
    c->ev.addWrite = [](void* p) {
      link& me = *static_cast<link*>(p);
      if (!std::exchange(me.sending, true)) me.owner.to_send_.push_back(&me);
    };
    c->ev.delWrite = [](void* p) { static_cast<link*>(p)->sending = false; };
    c->ev.cleanup = [](void* p) {
      link& me = *static_cast<link*>(p);
      me.owner.driver_.remove(me.context->c.fd);
      me.context = nullptr;
    };
    driver_.add(c->c.fd, EPOLLIN, l.mark);
    pollfd socket{c->c.fd, POLLOUT, 0};
    ::poll(&socket, 1, -1);
    ::redisAsyncHandleWrite(c);  // completes the connect
    check(l);
    if (!address.password.empty()) ::redisAsyncCommand(c, nullptr, nullptr, "AUTH %s", address.password.c_str());
  }

  // The rule of awaiting::redis_client without opening: a connection that is about to send, else the least loaded one.
  link& choose() {
    const auto next = std::ranges::find_if(links_, &link::sending);
    return next != links_.end() ? *next : *std::ranges::min_element(links_, {}, &link::pending);
  }

  void ask() {
    link& l = choose();
    const auto& key = *setting_.plan.text;
    std::array<const char*, 2> words{"GET", key.data()};
    const std::array<std::size_t, 2> sizes{3, key.size()};
    ++l.pending;
    if (::redisAsyncCommandArgv(l.context, &on_reply, &l, 2, words.data(), sizes.data()) != REDIS_OK)
      throw std::runtime_error("redis: no command can be sent");
  }

  // `reply` is null when the connection has ended.
  static void on_reply(redisAsyncContext*, void* reply, void* data) {
    link& l = *static_cast<link*>(data);
    const auto* const r = static_cast<const redisReply*>(reply);
    --l.pending;
    l.owner.replies_.push_back(r && r->type == REDIS_REPLY_STRING ? outcome{200, std::string(r->str, r->len)}
                                                                  : outcome{502, "cache: no value"});
  }

  void turn(link& l, std::uint32_t events) {
    if (l.context && (events & EPOLLOUT)) write(l);
    if (l.context && (events & ~EPOLLOUT)) ::redisAsyncHandleRead(l.context);
    check(l);
  }

  void flush() {
    for (link* l : std::exchange(to_send_, {})) {
      write(*l);
      check(*l);
    }
  }

  void write(link& l) {
    ::redisAsyncHandleWrite(l.context);
    if (!l.context || l.sending == l.blocked) return;
    l.blocked = l.sending;
    driver_.change(l.context->c.fd, l.blocked ? EPOLLIN | EPOLLOUT : EPOLLIN, l.mark);
  }

  static void check(const link& l) {
    if (!l.context) throw std::runtime_error("redis: the connection was lost");
  }

  const setting& setting_;
  epoll_driver driver_;
  std::vector<link*> to_send_;
  std::vector<outcome> replies_;
  std::deque<link> links_;  // stable addresses for hiredis; destroyed first, because freeing calls back
};

}  // namespace

const wait cache{
    .name = "cache",
    .service = "redis",
    .address = &waits::service_options::redis,
    .plan =
        [] {
          handler::plan p;
          p.kind = handler::plan::operation::cache;
          p.text = std::make_unique<const std::string>("key:1");
          return p;
        },
    .awaiting = [](waits::awaiting::services& s, const handler::plan& p) { return s.redis.get(*p.text); },
    .blocking = [](waits::blocking::services& s, const handler::plan& p) { return s.redis.get(*p.text); },
    .bare = [](const setting& s) -> std::unique_ptr<way> { return std::make_unique<bare_cache>(s); },
};

}  // namespace tvl::bench
