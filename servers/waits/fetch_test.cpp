// GET /fetch on threads and on a loop, with a good upstream and failing ones.

#include "servers/testing/test_upstream.hpp"

#include <atomic>
#include <deque>

namespace tvl::waits {
namespace {

using conformance::client;
using test::hear;
using test::say;

const std::string unreachable = text_reply("502 Bad Gateway", "upstream: cannot be reached");
const std::string late = text_reply("504 Gateway Timeout", "upstream: took too long");

std::string fetched(int calls) {  // sum of tvl-upstream's replies: {"answer":42}
  return json_reply(R"({"calls":)" + std::to_string(calls) + R"(,"bytes":)" + std::to_string(13 * calls) + "}");
}

template <class Server>
class fetch : public upstream_wait<Server> {};
TYPED_TEST_SUITE(fetch, both_models);

TYPED_TEST(fetch, counts_calls_and_bytes) {
  const test_upstream upstream;
  TypeParam server(with_upstream(upstream.url()));
  client c(server.port());
  expect_reply(c, get("/fetch"), fetched(1));
  expect_reply(c, get("/fetch?n=5&ms=1&order=serial"), fetched(5));
  expect_reply(c, get("/fetch?n=100&order=gather"), fetched(100));
  expect_reply(c, "HEAD /fetch HTTP/1.1\r\nHost: a\r\n\r\n" + get("/fetch?n=2"),
               fetched(1).substr(0, fetched(1).find('{')) + fetched(2));
}

// Sequential calls would take longer than the limit of this test.
TYPED_TEST(fetch, gathers_calls_that_overlap) {
  const test_upstream upstream;
  TypeParam server(with_upstream(upstream.url(), 20));
  client c(server.port());
  EXPECT_TRUE(c.send(get("/fetch?n=100&ms=1000&order=gather")));
  EXPECT_TRUE(test::eventually([&] { return c.receive(fetched(100).size()); }));
  EXPECT_EQ(c.take(), fetched(100));
}

TYPED_TEST(fetch, keeps_its_connections) {
  test_upstream upstream;
  {
    TypeParam server(with_upstream(upstream.url()));
    client c(server.port());
    for (int i = 0; i < 20; ++i) expect_reply(c, get("/fetch?n=5"), fetched(5));
    expect_reply(c, get("/fetch?n=10&order=gather"), fetched(10));
    expect_reply(c, get("/fetch?n=10&order=gather"), fetched(10));
  }
  const auto counters = upstream.counters();
  EXPECT_EQ(counters["requests"], 120);
  EXPECT_LE(counters["accepted"], 10);
}

TYPED_TEST(fetch, serves_many_at_once) {
  const test_upstream upstream;
  TypeParam server(with_upstream(upstream.url()));
  std::deque<client> clients;
  for (int i = 0; i < 200; ++i) clients.emplace_back(server.port());
  const auto before = threads();
  for (auto& c : clients) EXPECT_TRUE(c.send(get("/fetch?ms=300")));
  if (TypeParam::awaits) {
    EXPECT_EQ(threads(), before);
  }
  for (auto& c : clients) {
    EXPECT_TRUE(test::eventually([&] { return c.receive(fetched(1).size()); }));
    EXPECT_EQ(c.take(), fetched(1));
  }
  if (TypeParam::awaits) {
    EXPECT_EQ(threads(), before);
  }
}

TYPED_TEST(fetch, needs_an_upstream) {
  TypeParam server({});
  client c(server.port());
  expect_reply(c, get("/fetch"), text_reply("502 Bad Gateway", "upstream: this server was started without it"));
}

TYPED_TEST(fetch, outlives_its_upstream) {
  test_upstream upstream;
  upstream.kill();
  TypeParam server(with_upstream(upstream.url()));
  client c(server.port());
  expect_reply(c, get("/fetch") + get("/fetch?n=3&order=gather"), unreachable + unreachable);
  for (int i = 0; i < 3; ++i) {
    upstream.start();
    expect_reply(c, get("/fetch?n=2") + get("/fetch?n=3&order=gather"), fetched(2) + fetched(3));
    upstream.kill();
    expect_reply(c, get("/fetch?n=2") + get("/fetch?n=3&order=gather"), unreachable + unreachable);
  }
}

TYPED_TEST(fetch, is_told_when_the_upstream_dies_halfway) {
  test_upstream upstream;
  TypeParam server(with_upstream(upstream.url()));
  client c(server.port());
  EXPECT_TRUE(c.send(get("/fetch?n=8&ms=60000&order=gather")));
  EXPECT_FALSE(c.ended());
  std::this_thread::sleep_for(std::chrono::milliseconds(100));  // a shorter time means `unreachable`
  upstream.kill();
  c.receive(1);
  EXPECT_EQ(status_of(c.take()), "HTTP/1.1 502 Bad Gateway");
}

TYPED_TEST(fetch, ends_in_time) {
  const test_upstream upstream;
  TypeParam server(with_upstream(upstream.url(), 0.3));
  client c(server.port());
  expect_reply(c, get("/fetch?ms=60000") + get("/fetch?n=20&ms=60000&order=gather") + get("/fetch?n=100&ms=100"),
               late + late + late);
}

TYPED_TEST(fetch, believes_no_nonsense) {
  const auto status = [](std::string reply, const std::string& target = "/fetch") {
    return status_of(reply_beside<TypeParam>(replying(std::move(reply)), target));
  };
  const std::string bad = "HTTP/1.1 502 Bad Gateway";
  EXPECT_EQ(status("this is no HTTP\r\n\r\n"), bad);
  EXPECT_EQ(status("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n"), bad);
  EXPECT_EQ(status("HTTP/1.1 200 OK\r\nContent-Length: 2097152\r\n\r\n" + std::string(2u << 20, 'x')), bad);
  EXPECT_EQ(status("HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\nContent-Length: 0\r\n\r\n"), bad);
  EXPECT_EQ(status("this is no HTTP\r\n\r\n", "/fetch?n=9&order=gather"), bad);
  EXPECT_EQ(body_of(reply_beside<TypeParam>(
                replying("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 4\r\n\r\nbusy"), "/fetch")),
            "upstream: it replied 503");
}

TYPED_TEST(fetch, notices_a_reply_that_breaks_off) {
  const auto half = [](int socket) {
    hear(socket);
    say(socket, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
  };
  EXPECT_EQ(body_of(reply_beside<TypeParam>(half, "/fetch")), "upstream: closed the connection");
}

TYPED_TEST(fetch, is_not_kept_by_one_that_never_ends) {
  EXPECT_EQ(body_of(reply_beside<TypeParam>(test::be_silent, "/fetch", 0.3)), "upstream: took too long");
  const auto drip = [](int socket) {
    say(socket, "HTTP/1.1 200 OK\r\nX: ");
    while (say(socket, "x")) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  };
  EXPECT_EQ(body_of(reply_beside<TypeParam>(drip, "/fetch", 0.3)), "upstream: took too long");
}

// With part of a reply: without any, a reused connection would be retried.
TYPED_TEST(fetch, reports_a_failed_call_among_good_ones) {
  std::atomic<int> calls = 0;
  const auto mixed = [&](int socket) {
    while (hear(socket)) {
      const bool good = ++calls % 4 != 0;
      say(socket,
          good ? "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi" : "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nh");
      if (!good) return;
    }
  };
  EXPECT_EQ(body_of(reply_beside<TypeParam>(mixed, "/fetch?n=8&order=gather")), "upstream: closed the connection");
  EXPECT_EQ(body_of(reply_beside<TypeParam>(mixed, "/fetch?n=8")), "upstream: closed the connection");
}

// Pending calls are destroyed with the loop: the sanitizers check the rest.
TEST(fetch_on_a_loop, may_be_under_way_at_its_end) {
  const test_upstream upstream;
  auto server = std::make_unique<awaiting_server>(with_upstream(upstream.url()));
  client serial(server->port());
  client gathering(server->port());
  EXPECT_TRUE(serial.send(get("/fetch?ms=60000")));
  EXPECT_TRUE(gathering.send(get("/fetch?n=20&ms=60000&order=gather")));
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  server.reset();
  EXPECT_TRUE(serial.receive_to_end());
}

}  // namespace
}  // namespace tvl::waits
