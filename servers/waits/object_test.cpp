// GET /object/{name} on threads and on a loop.

#include "servers/testing/test_upstream.hpp"
#include "servers/upstream/objects.hpp"

#include <fstream>

namespace tvl::waits {
namespace {

using conformance::client;
using test::eventually;

std::string content(std::uint64_t size) {
  std::string result;
  while (result.size() < size) result += upstream::object_content(result.size(), size - result.size());
  return result;
}

std::string head(std::uint64_t size) {
  return "HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: " + std::to_string(size) +
         "\r\n\r\n";
}
std::string reply_of(std::uint64_t size) { return head(size) + content(size); }

std::size_t resident_bytes() {
  std::ifstream statm("/proc/self/statm");
  std::size_t all = 0, resident = 0;
  statm >> all >> resident;
  return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

template <class Server>
class object : public upstream_wait<Server> {
 protected:
  static std::string reply_to(Server& server, const std::string& name) {
    client c(server.port());
    c.send("GET /object/" + name + " HTTP/1.0\r\n\r\n");
    c.receive_to_end();
    return c.take();
  }
};
TYPED_TEST_SUITE(object, both_models);

TYPED_TEST(object, arrives_whole) {
  const test_upstream upstream;
  TypeParam server(with_upstream(upstream.url()));
  client c(server.port());
  expect_reply(c, get("/object/small") + get("/object/medium") + get("/object/0B") + get("/object/1B"),
               reply_of(1024) + reply_of(1 << 20) + reply_of(0) + reply_of(1));
  expect_reply(c, "HEAD /object/large HTTP/1.1\r\nHost: a\r\n\r\n" + get("/object/100kB"),
               head(64 << 20) + reply_of(100'000));
}

TYPED_TEST(object, arrives_whole_at_a_slow_reader) {
  const test_upstream upstream;
  TypeParam server(with_upstream(upstream.url()));
  client c(server.port());
  c.be_slow();
  EXPECT_TRUE(c.send(get("/object/9MiB") + get("/plaintext")));
  const auto expect = reply_of(9 << 20) + text_reply("200 OK", "Hello, World!");
  EXPECT_TRUE(eventually([&] { return c.receive(expect.size()); }));
  EXPECT_TRUE(c.take() == expect);
}

TYPED_TEST(object, is_not_held_in_memory) {
  const test_upstream upstream;
  TypeParam server(with_upstream(upstream.url()));
  client c(server.port());
  const auto before = resident_bytes();
  EXPECT_TRUE(c.send(get("/object/1GiB")));
  std::this_thread::sleep_for(std::chrono::seconds(1));  // time for a server that reads ahead
  EXPECT_LT(resident_bytes(), before + (32u << 20));
  c.reset();
  EXPECT_TRUE(eventually([&] { return server.connections().none(); }));
}

TYPED_TEST(object, may_not_be_there) {
  const test_upstream upstream;
  TypeParam server(with_upstream(upstream.url()));
  client c(server.port());
  expect_reply(c, get("/object/none") + get("/object/small"),
               text_reply("404 Not Found", "no such object") + reply_of(1024));
}

TYPED_TEST(object, keeps_its_connection) {
  test_upstream upstream;
  {
    TypeParam server(with_upstream(upstream.url()));
    client c(server.port());
    for (int i = 0; i < 10; ++i)
      expect_reply(c, get("/object/none") + get("/object/100kB"),
                   text_reply("404 Not Found", "no such object") + reply_of(100'000));
  }
  EXPECT_EQ(upstream.counters()["accepted"], 1);
}

TYPED_TEST(object, breaks_off_with_its_upstream) {
  const test_upstream upstream;
  TypeParam server(with_upstream(upstream.url(), 2));
  const auto broken = this->reply_to(server, "half");
  EXPECT_EQ(status_of(broken), "HTTP/1.1 200 OK");
  EXPECT_LT(body_of(broken).size(), 512u << 10);
  EXPECT_EQ(status_of(this->reply_to(server, "garbage")), "HTTP/1.1 502 Bad Gateway");
  EXPECT_EQ(body_of(this->reply_to(server, "silent")), "upstream: took too long");
}

TYPED_TEST(object, breaks_off_when_nothing_more_comes) {
  const auto stalls = [](int socket) {
    test::hear(socket);
    test::say(socket, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf");
    test::be_silent(socket);
  };
  const auto reply = reply_beside<TypeParam>(stalls, "/object/any", 0.5);
  EXPECT_EQ(status_of(reply), "HTTP/1.1 200 OK");
  EXPECT_TRUE(std::string("half").starts_with(body_of(reply))) << reply;
}

TYPED_TEST(object, may_be_of_unknown_size) {
  const auto chunks = [](int socket) {
    test::hear(socket);
    test::say(socket, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n1\r\n!\r\n0\r\n\r\n");
  };
  EXPECT_EQ(body_of(reply_beside<TypeParam>(chunks, "/object/any")), "half!");
}

TYPED_TEST(object, needs_an_upstream) {
  TypeParam server({});
  client c(server.port());
  expect_reply(c, get("/object/small"), text_reply("502 Bad Gateway", "upstream: this server was started without it"));
}

TYPED_TEST(object, outlives_its_upstream) {
  test_upstream upstream;
  upstream.kill();
  TypeParam server(with_upstream(upstream.url()));
  client c(server.port());
  const auto unreachable = text_reply("502 Bad Gateway", "upstream: cannot be reached");
  expect_reply(c, get("/object/small"), unreachable);
  upstream.start();
  expect_reply(c, get("/object/small"), reply_of(1024));
  upstream.kill();
  expect_reply(c, get("/object/small"), unreachable);
  upstream.start();
  expect_reply(c, get("/object/small"), reply_of(1024));
}

// With a silent upstream, and with an endless object.
TYPED_TEST(object, ends_with_its_client) {
  const test_upstream upstream;
  TypeParam server(with_upstream(upstream.url()));
  for (const auto* name : {"silent", "slow-body", "huge"}) {
    client polite(server.port()), rude(server.port());
    EXPECT_TRUE(polite.send(get("/object/" + std::string(name)) + get("/plaintext")));
    EXPECT_TRUE(rude.send(get("/object/" + std::string(name))));
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    polite.hang_up();
    rude.reset();
    EXPECT_TRUE(eventually([&] { return server.connections().none(); })) << name;
  }
}

// A drain ends the input of all connections, like a client that has gone.
TYPED_TEST(object, is_finished_in_a_drain) {
  const test_upstream upstream;
  TypeParam server(with_upstream(upstream.url()));
  client c(server.port());
  c.be_slow();
  EXPECT_TRUE(c.send(get("/object/9MiB")));
  EXPECT_TRUE(c.receive(1));
  server.connections().drain();
  const auto expect = reply_of(9 << 20);
  EXPECT_TRUE(eventually([&] { return c.receive(expect.size()); }));
  EXPECT_TRUE(c.take() == expect);
}

TEST(object_on_a_loop, may_be_under_way_at_its_end) {
  const test_upstream upstream;
  auto server = std::make_unique<awaiting_server>(with_upstream(upstream.url()));
  client waiting(server->port()), reading(server->port()), not_reading(server->port());
  EXPECT_TRUE(waiting.send(get("/object/silent")));
  EXPECT_TRUE(reading.send(get("/object/slow-body")));
  EXPECT_TRUE(not_reading.send(get("/object/1GiB")));
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  server.reset();
  EXPECT_TRUE(waiting.receive_to_end());
}

}  // namespace
}  // namespace tvl::waits
