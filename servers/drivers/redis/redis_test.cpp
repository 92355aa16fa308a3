// GET /cache/{key} on threads and on a loop, with a real Redis and with misbehaving ones.

#include "servers/testing/fake_service.hpp"
#include "servers/testing/store_clients.hpp"
#include "servers/testing/test_process.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdlib>
#include <optional>

namespace tvl::test {
namespace {

using namespace std::chrono_literals;

waits::service_options at(std::uint16_t port, unsigned pool = 4, unsigned queue = 1000, double timeout_s = 60) {
  waits::service_options o;
  o.redis = "127.0.0.1:" + std::to_string(port);
  o.pool = pool;
  o.queue = queue;
  o.timeout_s = timeout_s;
  return o;
}

class real_redis {
 public:
  explicit real_redis(std::uint16_t port = unused_port()) : port_(port) { start(); }

  std::uint16_t port() const { return port_; }
  void start() {
    server_.emplace(std::vector<std::string>{"redis-server", "--port", std::to_string(port_), "--bind", "127.0.0.1",
                                             "--save", "", "--appendonly", "no", "--dir", folder_.path()});
    EXPECT_TRUE(eventually([this] { return command("PING"); }));
  }
  void kill() { server_.reset(); }

  template <class... Words>
  bool command(Words... words) const {
    const waits::redis_context c(::redisConnect("127.0.0.1", port_));
    if (!c || c->err) return false;
    std::array<const char*, sizeof...(words)> argv{words...};
    auto* reply = static_cast<redisReply*>(::redisCommandArgv(c.get(), argv.size(), argv.data(), nullptr));
    const bool good = reply && reply->type != REDIS_REPLY_ERROR;
    if (reply) ::freeReplyObject(reply);
    return good;
  }

 private:
  std::uint16_t port_;
  temporary_folder folder_;
  std::optional<process> server_;
};

bool have_redis() { return process({"redis-server", "--version"}).wait() == 0; }

template <class Client>
class cache : public testing::Test {
 protected:
  static handler::service_result get(Client& client, const std::string& key = "key") {
    return client.get({key}).front();
  }
  static handler::service_result get_from(fake_service::script script, double timeout_s = 60) {
    const fake_service service(std::move(script));
    Client client(at(service.port(), 4, 10, timeout_s));
    return get(client);
  }
};

using clients = testing::Types<on_threads, on_loop>;
TYPED_TEST_SUITE(cache, clients);

#define NEEDS_REDIS() \
  if (!have_redis()) GTEST_SKIP() << "redis-server is not installed"

TYPED_TEST(cache, brings_the_value_or_404) {
  NEEDS_REDIS();
  const real_redis redis;
  redis.command("SET", "key", "value");
  redis.command("SET", "empty", "");
  const std::string large(300'000, 'x');
  redis.command("SET", "large", large.c_str());
  redis.command("LPUSH", "list", "1");
  TypeParam client(at(redis.port()));
  EXPECT_EQ(this->get(client, "key").body, "value");
  EXPECT_EQ(this->get(client, "empty").status, 200);
  EXPECT_EQ(this->get(client, "empty").body, "");
  EXPECT_EQ(this->get(client, "large").body, large);
  EXPECT_EQ(this->get(client, "none").status, 404);
  const auto wrong = this->get(client, "list");
  EXPECT_EQ(wrong.status, 502);
  EXPECT_EQ(wrong.body, "cache: failed: WRONGTYPE");
}

TYPED_TEST(cache, gives_each_request_its_own_value) {
  NEEDS_REDIS();
  const real_redis redis;
  std::vector<std::string> keys;
  for (int i = 0; i < 300; ++i) {
    keys.push_back("key:" + std::to_string(i));
    if (i % 3) redis.command("SET", keys.back().c_str(), keys.back().c_str());
  }
  TypeParam client(at(redis.port()));
  for (int turn = 0; turn < 3; ++turn) {
    const auto all = client.get(keys);
    for (std::size_t i = 0; i < keys.size(); ++i) {
      ASSERT_EQ(all[i].status, i % 3 ? 200 : 404);
      if (i % 3) {
        ASSERT_EQ(all[i].body, keys[i]);
      }
    }
  }
}

TYPED_TEST(cache, refuses_a_value_beyond_the_limit_and_goes_on) {
  NEEDS_REDIS();
  const real_redis redis;
  redis.command("SET", "key", "value");
  redis.command("SET", "huge", std::string(2 << 20, 'x').c_str());
  TypeParam client(at(redis.port()));
  EXPECT_EQ(this->get(client, "huge").status, 502);
  EXPECT_EQ(this->get(client, "key").body, "value");
}

class password_of_environment {
 public:
  explicit password_of_environment(const char* password) { ::setenv("REDISCLI_AUTH", password, 1); }
  ~password_of_environment() { ::unsetenv("REDISCLI_AUTH"); }
};

TYPED_TEST(cache, gives_the_password_of_the_environment) {
  NEEDS_REDIS();
  const real_redis redis;
  redis.command("SET", "key", "value");
  const std::vector<std::string> keys(20, "key");
  {
    const password_of_environment needless("word");
    TypeParam client(at(redis.port()));
    EXPECT_EQ(count(client.get(keys), 200), 20);
  }
  redis.command("CONFIG", "SET", "requirepass", "word of \"three\"");
  TypeParam none(at(redis.port()));
  EXPECT_EQ(this->get(none).body, "cache: failed: NOAUTH");
  const password_of_environment right("word of \"three\"");
  TypeParam client(at(redis.port()));
  EXPECT_EQ(count(client.get(keys), 200), 20);
  EXPECT_EQ(count(client.get(keys), 200), 20);
  const password_of_environment wrong("another");
  TypeParam stranger(at(redis.port()));
  EXPECT_EQ(this->get(stranger).body, "cache: failed: NOAUTH");
}

TYPED_TEST(cache, works_again_when_redis_is_back) {
  NEEDS_REDIS();
  const auto port = unused_port();
  TypeParam client(at(port));
  EXPECT_EQ(this->get(client).body, "cache: cannot be reached");
  real_redis redis(port);
  EXPECT_EQ(this->get(client).status, 404);
  redis.kill();
  EXPECT_EQ(count(client.get({"a", "b", "c"}), 502), 3);
  redis.start();
  EXPECT_EQ(this->get(client).status, 404);
}

// A restart between two requests affects neither.
TYPED_TEST(cache, hides_that_redis_was_restarted) {
  NEEDS_REDIS();
  real_redis redis;
  TypeParam client(at(redis.port()));
  EXPECT_EQ(count(client.get({"a", "b", "c"}), 404), 3);
  redis.kill();
  redis.start();
  client.rest();
  EXPECT_EQ(count(client.get({"a", "b", "c"}), 404), 3);
}

// The client only notices the loss of its connection at the next request.
TYPED_TEST(cache, asks_anew_when_a_connection_that_it_kept_is_lost) {
  std::atomic<int> connections = 0;
  const fake_service service([&](int s) {
    const bool first = ++connections == 1;
    hear(s);
    say(s, "$1\r\na\r\n");
    hear(s);
    if (!first) say(s, "$1\r\nb\r\n");
  });
  TypeParam client(at(service.port()));
  EXPECT_EQ(this->get(client).body, "a");
  EXPECT_EQ(this->get(client).body, "a");
  EXPECT_EQ(this->get(client).body, "b");
  EXPECT_EQ(connections, 2);
}

TYPED_TEST(cache, is_late_while_redis_pauses_and_well_afterwards) {
  NEEDS_REDIS();
  const real_redis redis;
  redis.command("SET", "a", "1");
  redis.command("SET", "b", "2");
  TypeParam client(at(redis.port(), 2, 1000, 0.3));
  redis.command("CLIENT", "PAUSE", "1500", "ALL");
  const auto late = client.get(std::vector<std::string>(20, "a"));
  for (const auto& o : late) EXPECT_EQ(o.status, 504) << o.body;
  EXPECT_TRUE(eventually([&] { return this->get(client, "b").status == 200; }));
  EXPECT_EQ(this->get(client, "b").body, "2") << "not what an earlier request asked for";
  EXPECT_EQ(this->get(client, "a").body, "1");
}

TYPED_TEST(cache, says_what_is_wrong_with_the_service) {
  const auto silent = this->get_from(be_silent, 0.2);
  EXPECT_EQ(silent.status, 504);
  EXPECT_EQ(silent.body, "cache: took too long");
  const auto closing = this->get_from([](int s) { hear(s); });
  EXPECT_EQ(closing.status, 502);
  EXPECT_EQ(closing.body, "cache: closed the connection");
  const auto garbage = this->get_from([](int s) {
    hear(s);
    say(s, "HTTP/1.1 400 Bad Request\r\n\r\n");
    be_silent(s);
  });
  EXPECT_EQ(garbage.status, 502);
  EXPECT_EQ(garbage.body, "cache: sent no valid reply");
}

TYPED_TEST(cache, survives_hostile_replies) {
  const auto saying = [](std::string_view text) {
    return [text](int s) {
      hear(s);
      say(s, text);
      be_silent(s);
    };
  };
  for (const auto text : {"*1000000000\r\n", "*1\r\n$1\r\na\r\n", ":1\r\n", "+OK\r\n", "$-5\r\n", "-\r\n", "\r\n"})
    EXPECT_EQ(this->get_from(saying(text), 5).status, 502) << text;
  const auto secret = this->get_from(saying("-ERR password of root@10.0.0.1 is 1234\r\n"));
  EXPECT_EQ(secret.body, "cache: failed: ERR");
  const auto endless = this->get_from([](int s) {
    hear(s);
    say(s, "$536870912\r\n");
    while (say(s, std::string(64 << 10, 'x'))) {
    }
  });
  EXPECT_EQ(endless.status, 502);
}

TYPED_TEST(cache, never_takes_what_was_sent_unasked_for_a_reply) {
  const fake_service service([](int s) {
    while (hear(s) && say(s, "$1\r\na\r\n$1\r\nb\r\n")) {
    }
  });
  TypeParam client(at(service.port()));
  for (int i = 0; i < 10; ++i) {
    EXPECT_NE(this->get(client).body, "b");
    client.rest();
  }
}

// A byte now and then keeps every read short and the whole reply too slow.
TYPED_TEST(cache, is_late_when_the_reply_drips) {
  const auto dripping = this->get_from(
      [](int s) {
        hear(s);
        say(s, "$1000\r\n");
        while (say(s, "x")) std::this_thread::sleep_for(50ms);
      },
      0.5);
  EXPECT_EQ(dripping.status, 504);
}

TYPED_TEST(cache, refuses_those_it_has_no_room_for) {
  const fake_service silent(be_silent);
  TypeParam client(at(silent.port(), 1, 2, 3));
  const auto all = client.get(std::vector<std::string>(8, "key"));
  EXPECT_EQ(count(all, 504), 3);
  EXPECT_EQ(count(all, 503), 5);
}

TYPED_TEST(cache, needs_a_redis) {
  TypeParam client(waits::service_options{});
  EXPECT_EQ(this->get(client).status, 502);
  EXPECT_EQ(this->get(client).body, "cache: this server was started without it");
}

TYPED_TEST(cache, leaves_no_descriptor_open) {
  const auto before = open_descriptors();
  this->get_from(be_silent, 0.1);
  this->get_from([](int s) { hear(s); });
  this->get_from([](int s) {
    hear(s);
    say(s, "$1\r\na\r\n");
    be_silent(s);
  });
  this->get_from([](int s) { say(s, "garbage\r\n"); });
  EXPECT_EQ(open_descriptors(), before);
}

TEST(cache_on_loop, uses_no_more_connections_than_it_may) {
  std::atomic<int> connections = 0;
  const fake_service service([&](int s) {
    ++connections;
    std::string in;
    char buffer[4096];
    for (ssize_t n; (n = ::recv(s, buffer, sizeof buffer, 0)) > 0;) {
      in.append(buffer, static_cast<std::size_t>(n));
      for (std::size_t end; (end = in.find("key\r\n")) != in.npos; in.erase(0, end + 5)) say(s, "$2\r\nok\r\n");
    }
  });
  on_loop client(at(service.port(), 2));
  for (int turn = 0; turn < 5; ++turn) EXPECT_EQ(count(client.get(std::vector<std::string>(200, "key")), 200), 200);
  EXPECT_EQ(connections, 2);
}

TEST(cache_on_loop, may_end_while_requests_wait) {
  const fake_service silent(be_silent);
  const auto before = open_descriptors();
  {
    const std::string key = "key";
    on_loop client(at(silent.port(), 2));
    for (int i = 0; i < 10; ++i)
      boost::asio::co_spawn(client.context(), client.redis().get(key),
                            [](std::exception_ptr, handler::service_result) {});
    client.context().poll();
  }
  EXPECT_TRUE(eventually([&] { return open_descriptors() <= before + 2; })) << "the two are the service's";
}

TEST(redis_address, is_host_and_port) {
  EXPECT_EQ(waits::find_redis("").host, "");
  EXPECT_EQ(waits::find_redis("127.0.0.1:6379").port, 6379);
  EXPECT_EQ(waits::find_redis("[::1]:6379").host, "::1");
  for (const auto bad : {"127.0.0.1", ":6379", "127.0.0.1:", "127.0.0.1:0", "127.0.0.1:65536", "127.0.0.1:12x"})
    EXPECT_THROW(waits::find_redis(bad), std::system_error) << bad;
}

}  // namespace
}  // namespace tvl::test
