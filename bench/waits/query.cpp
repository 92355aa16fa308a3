// A row from PostgreSQL: libpq on Boost.Asio and on epoll.

#include "bench/waits/epoll_driver.hpp"
#include "bench/waits/wait.hpp"
#include "servers/drivers/postgres/postgres.hpp"

#include <poll.h>

#include <algorithm>
#include <optional>
#include <vector>

namespace tvl::bench {
namespace {

using exchange = waits::postgres_exchange;

struct link {
  waits::postgres_session session;
  std::optional<exchange> under_way;
  bool blocked = false;  // until epoll reports it writable
};

void wait_until_ready(PGconn* c, short events) {
  pollfd socket{::PQsocket(c), events, 0};
  ::poll(&socket, 1, -1);
}

// Connects and prepares the statement.
waits::postgres_session open_session(const waits::postgres_address& address) {
  auto session = address.connect();
  PGconn* const c = session.get();
  auto state = c ? PGRES_POLLING_WRITING : PGRES_POLLING_FAILED;
  while (state != PGRES_POLLING_OK) {
    if (state == PGRES_POLLING_FAILED) throw std::runtime_error("postgres: no connection");
    wait_until_ready(c, state == PGRES_POLLING_READING ? POLLIN : POLLOUT);
    state = ::PQconnectPoll(c);
  }
  exchange prepared(c);
  prepared.prepare();
  for (auto step = prepared.next(); step != exchange::step::done; step = prepared.next())
    wait_until_ready(c, step == exchange::step::read ? POLLIN : POLLOUT);
  if (!waits::healthy(prepared.result())) throw std::runtime_error("postgres: no statement");
  return session;
}

// As many connections as the loop's pool, one statement at a time on each; a call waits for a free one. Statement and
// reply handling are the servers' code; only the event loop differs.
class bare_query : public way {
 public:
  explicit bare_query(const setting& s) : setting_(s), links_(std::min(s.at_once, s.options.pool)) {
    const waits::postgres_address address(s.options.postgres);
    for (std::size_t i = 0; i < links_.size(); ++i) {
      links_[i].session = open_session(address);
      driver_.add(::PQsocket(links_[i].session.get()), EPOLLIN, i);
    }
  }

  void make(std::uint64_t calls) override {
    tally t(calls, setting_.expected);
    for (std::size_t i = 0; i < links_.size(); ++i)
      if (begin(links_[i], t)) advance(i, t);
    while (!t.done()) driver_.wait(-1, [&](std::uint64_t i, std::uint32_t) { advance(i, t); });
    t.check();
  }

 private:
  bool begin(link& l, tally& t) {
    l.under_way.reset();
    if (!t.begin()) return false;
    l.under_way.emplace(l.session.get()).query(setting_.plan.number, setting_.plan.time);
    return true;
  }

  void advance(std::size_t i, tally& t) {
    link& l = links_[i];
    if (!l.under_way) throw std::runtime_error("postgres: the connection was lost");
    auto step = l.under_way->next();
    while (step == exchange::step::done) {
      t.end(waits::to_result("database", l.under_way->result()));
      if (!begin(l, t)) return;
      step = l.under_way->next();
    }
    const bool blocked = step == exchange::step::write;
    if (blocked == l.blocked) return;
    l.blocked = blocked;
    driver_.change(::PQsocket(l.session.get()), blocked ? EPOLLIN | EPOLLOUT : EPOLLIN, i);
  }

  const setting& setting_;
  epoll_driver driver_;
  std::vector<link> links_;
};

}  // namespace

const wait query{
    .name = "query",
    .service = "postgres",
    .address = &waits::service_options::postgres,
    .plan =
        [] {
          handler::plan p;
          p.kind = handler::plan::operation::query;
          p.number = 1;
          return p;
        },
    .awaiting = [](waits::awaiting::services& s, const handler::plan& p) { return s.postgres.row(p.number, p.time); },
    .blocking = [](waits::blocking::services& s, const handler::plan& p) { return s.postgres.row(p.number, p.time); },
    .bare = [](const setting& s) -> std::unique_ptr<way> { return std::make_unique<bare_query>(s); },
};

}  // namespace tvl::bench
