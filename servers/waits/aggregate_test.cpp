// GET /services on threads and on a loop, with services as they should be and with failing ones. Redis and PostgreSQL
// are scripts, which can wait for each other.

#include "servers/waits/aggregate.hpp"

#include "servers/testing/test_upstream.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <deque>
#include <latch>
#include <optional>
#include <string_view>

namespace tvl::waits {
namespace {

using namespace std::string_view_literals;
using namespace std::chrono_literals;
using conformance::client;
using test::fake_service;
using test::hear;
using test::say;

// PostgreSQL's messages: logged in, the statement, a row of one column.
constexpr auto welcome = "R\0\0\0\10\0\0\0\0Z\0\0\0\5I"sv;
constexpr auto prepared = "1\0\0\0\4Z\0\0\0\5I"sv;
constexpr auto row =
    "2\0\0\0\4T\0\0\0\32\0\1a\0\0\0\0\0\0\0\0\0\0\31\377\377\377\377\377\377\0\0"
    "D\0\0\0\13\0\1\0\0\0\1"
    "7C\0\0\0\15SELECT 1\0Z\0\0\0\5I"sv;
constexpr auto value = "$5\r\nvalue\r\n"sv;
constexpr auto no_value = "$-1\r\n"sv;

// The next bytes; empty when the client has gone.
std::string next_bytes(int socket) {
  std::array<char, 4096> buffer;
  const auto size = ::recv(socket, buffer.data(), buffer.size(), 0);
  return {buffer.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0))};
}

// Calls `first` before each answer. A loop sends several commands at once.
template <class First>
fake_service::script redis_that(First first, std::string_view reply = value) {
  return [first, reply](int socket) {
    const auto last_word = wanted::key + "\r\n";
    std::string commands;
    for (std::string more; !(more = next_bytes(socket)).empty();) {
      commands += more;
      for (std::size_t end; (end = commands.find(last_word)) != commands.npos;) {
        commands.erase(0, end + last_word.size());
        first();
        if (!say(socket, reply)) return;
      }
    }
  };
}
template <class First>
fake_service::script postgres_that(First first) {
  return [first](int socket) {
    if (!hear(socket) || !say(socket, welcome) || !hear(socket) || !say(socket, prepared)) return;
    while (next_bytes(socket).starts_with('B')) {  // the beginning of a query, not of a termination
      first();
      if (!say(socket, row)) return;
    }
  };
}
constexpr auto at_once = [] {};

const std::string all_parts =
    json_reply(R"({"token":{"active":true},"cache":"value","db":{"a":"7"},"api":{"answer":42},"object_bytes":1024})");

// Scripted Redis and PostgreSQL, and a real upstream.
class services_of_a_test {
 public:
  explicit services_of_a_test(fake_service::script redis = redis_that(at_once),
                              fake_service::script postgres = postgres_that(at_once))
      : redis_(std::move(redis)), postgres_(std::move(postgres)) {}

  test_upstream upstream;

  service_options options(double timeout_s = 60) const {
    auto o = with_upstream(upstream.url(), timeout_s);
    o.redis = "127.0.0.1:" + std::to_string(redis_.port());
    o.postgres = "host=127.0.0.1 sslmode=disable port=" + std::to_string(postgres_.port());
    return o;
  }

 private:
  const fake_service redis_, postgres_;
};

const std::string serial = "/services?order=serial", gather = "/services?order=gather";

// ThreadSanitizer starts a thread of its own with the first one.
const auto first_thread_was_started = [] {
  std::thread([] {}).join();
  return true;
}();

// After any test all threads have ended.
template <class Server>
class aggregate : public upstream_wait<Server> {
 protected:
  static std::string reply_to(const service_options& o, const std::string& target) {
    Server server(o);
    client c(server.port());
    c.send("GET " + target + " HTTP/1.0\r\n\r\n");
    EXPECT_TRUE(test::eventually([&] { return c.receive_to_end(); }));
    return c.take();
  }
  static void expect_failure(const service_options& o, const std::string& status, const std::string& reason) {
    for (const auto& target : {serial, gather}) {
      const auto reply = reply_to(o, target);
      EXPECT_EQ(status_of(reply), "HTTP/1.1 " + status) << target;
      EXPECT_EQ(body_of(reply), reason) << target;
    }
  }
  void TearDown() override {
    EXPECT_TRUE(test::eventually([this] { return threads() == threads_; }))
        << "a thread is gone a little after its end";
    upstream_wait<Server>::TearDown();
  }

 private:
  const std::size_t threads_ = threads();
};
TYPED_TEST_SUITE(aggregate, both_models);

TYPED_TEST(aggregate, returns_all_parts) {
  const services_of_a_test all;
  TypeParam server(all.options());
  client c(server.port());
  for (int i = 0; i < 5; ++i) expect_reply(c, get(serial) + get(gather), all_parts + all_parts);
  expect_reply(c, "HEAD /services HTTP/1.1\r\nHost: a\r\n\r\n" + get("/services"),
               all_parts.substr(0, all_parts.find('{')) + all_parts);
}

TYPED_TEST(aggregate, serves_many_requests_at_once) {
  const services_of_a_test all;
  TypeParam server(all.options());
  std::deque<client> clients;
  for (int i = 0; i < 60; ++i) EXPECT_TRUE(clients.emplace_back(server.port()).send(get(i % 2 ? serial : gather)));
  for (auto& c : clients) {
    EXPECT_TRUE(test::eventually([&] { return c.receive(all_parts.size()); }));
    EXPECT_EQ(c.take(), all_parts);
  }
}

TYPED_TEST(aggregate, asks_each_service_once) {
  std::atomic<int> values = 0, rows = 0;
  services_of_a_test all(redis_that([&] { ++values; }), postgres_that([&] { ++rows; }));
  for (const auto& target : {serial, gather})
    EXPECT_EQ(status_of(this->reply_to(all.options(), target)), "HTTP/1.1 200 OK");
  EXPECT_EQ(values, 2);
  EXPECT_EQ(rows, 2);
  const auto counters = all.upstream.counters();
  EXPECT_EQ(counters["introspections"], 2);
  EXPECT_EQ(counters["api"], 2);
  EXPECT_EQ(counters["objects"], 2);
}

// Each store only answers once both were asked, which sequential calls never do.
TYPED_TEST(aggregate, calls_services_in_the_requested_order) {
  for (const auto& [target, good] : {std::pair(gather, true), std::pair(serial, false)}) {
    std::latch both(2);
    std::atomic<bool> over = false;
    const auto meet = [&] {
      both.count_down();
      while (!both.try_wait() && !over) std::this_thread::sleep_for(1ms);
    };
    {
      const services_of_a_test all(redis_that(meet), postgres_that(meet));
      const auto reply = this->reply_to(all.options(good ? 60 : 2), target);
      EXPECT_EQ(status_of(reply), good ? "HTTP/1.1 200 OK" : "HTTP/1.1 504 Gateway Timeout");
      EXPECT_EQ(body_of(reply), good ? body_of(all_parts) : "cache: took too long");
      over = true;
    }
  }
}

TYPED_TEST(aggregate, names_the_service_that_is_not_there) {
  services_of_a_test all;
  const auto closed_port = std::to_string(test::unused_port());
  const std::string bad = "502 Bad Gateway";
  auto o = all.options();
  o.redis = "127.0.0.1:" + closed_port;
  this->expect_failure(o, bad, "cache: cannot be reached");
  o.redis.clear();
  this->expect_failure(o, bad, "cache: this server was started without it");
  o = all.options();
  o.postgres = "host=127.0.0.1 port=" + closed_port;
  this->expect_failure(o, bad, "database: cannot be reached");
  o.postgres.clear();
  this->expect_failure(o, bad, "database: this server was started without it");
  o = all.options();
  o.upstream.clear();
  this->expect_failure(o, bad, "upstream: this server was started without it");
  all.upstream.kill();
  this->expect_failure(all.options(), bad, "upstream: cannot be reached");
}

TYPED_TEST(aggregate, is_not_there_without_its_key) {
  const services_of_a_test all(redis_that(at_once, no_value));
  this->expect_failure(all.options(), "502 Bad Gateway", "cache: no such key");
}

// The first failure in the order of the reply.
TYPED_TEST(aggregate, reports_the_first_failure) {
  const services_of_a_test all(test::hear, test::hear);
  this->expect_failure(all.options(), "502 Bad Gateway", "cache: closed the connection");
}

TYPED_TEST(aggregate, begins_with_the_token) {
  std::atomic<int> asked = 0;
  const auto count = [&](int) { ++asked; };
  services_of_a_test all(count, count);
  all.upstream.kill();
  this->expect_failure(all.options(), "502 Bad Gateway", "upstream: cannot be reached");
  EXPECT_EQ(asked, 0);
}

TYPED_TEST(aggregate, ends_in_time) {
  const services_of_a_test no_redis(test::be_silent), no_postgres(redis_that(at_once), test::be_silent);
  this->expect_failure(no_redis.options(2), "504 Gateway Timeout", "cache: took too long");
  this->expect_failure(no_postgres.options(2), "504 Gateway Timeout", "database: took too long");
  const fake_service no_upstream(test::be_silent);
  auto o = no_redis.options(0.3);
  o.upstream = "http://127.0.0.1:" + std::to_string(no_upstream.port());
  this->expect_failure(o, "504 Gateway Timeout", "upstream: took too long");
}

// Each of the two is in time by itself.
TYPED_TEST(aggregate, has_one_deadline_for_all) {
  const auto dawdle = [] { std::this_thread::sleep_for(1s); };
  const services_of_a_test all(redis_that(dawdle), postgres_that(dawdle));
  EXPECT_EQ(status_of(this->reply_to(all.options(1.5), serial)), "HTTP/1.1 504 Gateway Timeout");
}

TYPED_TEST(aggregate, ends_when_nobody_wants_it_any_more) {
  std::atomic<bool> answer = false;
  std::atomic<int> asked = 0;
  const auto hold = [&] {
    ++asked;
    while (!answer) std::this_thread::sleep_for(1ms);
  };
  const services_of_a_test all(redis_that(hold), postgres_that(at_once));
  TypeParam server(all.options());
  client polite(server.port()), rude(server.port());
  EXPECT_TRUE(polite.send(get(gather)));
  EXPECT_TRUE(rude.send(get(serial)));
  EXPECT_TRUE(test::eventually([&] { return asked > 0; }));
  polite.hang_up();
  rude.reset();
  answer = true;
  EXPECT_TRUE(test::eventually([&] { return server.connections().none(); }));
}

TYPED_TEST(aggregate, works_again_when_a_service_is_back) {
  services_of_a_test all;
  TypeParam server(all.options());
  client c(server.port());
  const auto unreachable = text_reply("502 Bad Gateway", "upstream: cannot be reached");
  for (int i = 0; i < 2; ++i) {
    expect_reply(c, get(serial) + get(gather), all_parts + all_parts);
    all.upstream.kill();
    expect_reply(c, get(serial) + get(gather), unreachable + unreachable);
    all.upstream.start();
  }
}

TEST(aggregate_on_a_loop, may_be_under_way_at_its_end) {
  const services_of_a_test all(test::be_silent, test::be_silent);
  auto server = std::make_unique<awaiting_server>(all.options());
  client one(server->port()), other(server->port());
  EXPECT_TRUE(one.send(get(serial)));
  EXPECT_TRUE(other.send(get(gather)));
  std::this_thread::sleep_for(200ms);
  server.reset();
  EXPECT_TRUE(one.receive_to_end());
  EXPECT_TRUE(other.receive_to_end());
}

handler::service_result reply_of(const std::string& token, const std::string& cache, const std::string& api) {
  aggregate_reply reply;
  reply.take(part::token, {200, token});
  reply.take(part::cache, {200, cache});
  reply.take(part::row, {200, "{}"});
  reply.take(part::api, {200, api});
  reply.take(part::object, {200, "0"});
  return reply.result();
}
const std::string active_token = R"({"active":true})";

TEST(aggregate_reply, is_json_whatever_the_services_hold) {
  EXPECT_EQ(reply_of(active_token, "a\"\n\xff", "[1, 2]").body, R"({"token":{"active":true},"cache":"a\"\n)"
                                                                "\xef\xbf\xbd"
                                                                R"(","db":{},"api":[1, 2],"object_bytes":0})");
  for (const auto* garbage : {"", "{", "42 43", "\"\xff\""}) {
    EXPECT_EQ(reply_of(active_token, "", garbage).status, 502);
    EXPECT_EQ(reply_of(active_token, "", garbage).body, "upstream: sent no valid reply") << garbage;
  }
  const std::string deep = std::string(500'000, '[') + std::string(500'000, ']');
  EXPECT_EQ(reply_of(active_token, "", deep).status, 200);
}

TEST(aggregate_reply, needs_a_good_token) {
  const auto refused = reply_of(R"({"active":false})", "", "{}");
  EXPECT_EQ(refused.status, 502);
  EXPECT_EQ(refused.body, "upstream: token is not active");
}

}  // namespace
}  // namespace tvl::waits
