// GET /token on threads and on a loop.

#include "servers/testing/test_upstream.hpp"

#include <atomic>
#include <deque>

namespace tvl::waits {
namespace {

using conformance::client;

const std::string active = json_reply(R"({"active":true})");
const std::string inactive = json_reply(R"({"active":false})");
const std::string bad_gateway = "HTTP/1.1 502 Bad Gateway";

template <class Server>
class token : public upstream_wait<Server> {
 protected:
  static std::string reply_to(Server& server, const std::string& access_token) {
    client c(server.port());
    c.send("GET /token?access_token=" + access_token + " HTTP/1.0\r\n\r\n");
    c.receive_to_end();
    return c.take();
  }
  // The reply with an invalid certificate. The upstream must receive neither password nor token.
  static std::string reply_with(const std::string& flaw) {
    test_upstream upstream({"--tls-wrong", flaw});
    std::string reply;
    {
      Server server(with_upstream(upstream.url()));
      reply = reply_to(server, "good");
    }
    const auto counters = upstream.counters();
    EXPECT_EQ(counters["introspections"], 0);
    EXPECT_EQ(counters["requests"], 1);  // the lookup of the endpoint
    return reply;
  }
};
TYPED_TEST_SUITE(token, both_models);

TYPED_TEST(token, is_known_or_not) {
  const test_upstream upstream;
  TypeParam server(with_upstream(upstream.url()));
  client c(server.port());
  expect_reply(c, get("/token") + get("/token?access_token=bad") + get("/token?access_token=good:1-a_b.c"),
               active + inactive + active);
}

TYPED_TEST(token, keeps_its_connection) {
  test_upstream upstream;
  {
    TypeParam server(with_upstream(upstream.url()));
    client c(server.port());
    for (int i = 0; i < 20; ++i) expect_reply(c, get("/token"), active);
  }
  const auto counters = upstream.counters();
  EXPECT_EQ(counters["introspections"], 20);
  EXPECT_LE(counters["accepted"], 2);  // the lookup of the endpoint, and this one
}

// None of them knows the endpoint when it arrives.
TYPED_TEST(token, looks_the_endpoint_up_once_for_many_requests) {
  test_upstream upstream;
  {
    TypeParam server(with_upstream(upstream.url()));
    std::deque<client> clients;
    for (int i = 0; i < 50; ++i) EXPECT_TRUE(clients.emplace_back(server.port()).send(get("/token")));
    for (auto& c : clients) expect_reply(c, active);
  }
  const auto counters = upstream.counters();
  EXPECT_EQ(counters["introspections"], 50);
  EXPECT_EQ(counters["requests"], 51);
}

// Requests that wait for a lookup share its failure and do not repeat it; later ones do.
TYPED_TEST(token, shares_a_failed_lookup_between_waiting_requests) {
  std::atomic<int> asked = 0;
  const test::fake_service nowhere([&](int socket) {
    while (test::hear(socket)) {
      ++asked;
      std::this_thread::sleep_for(std::chrono::milliseconds(300));
      test::say(socket, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}");
    }
  });
  TypeParam server(with_upstream("http://127.0.0.1:" + std::to_string(nowhere.port())));
  const auto refused = text_reply("502 Bad Gateway", "upstream: no token endpoint in its /info");
  std::deque<client> clients;
  for (int i = 0; i < 20; ++i) EXPECT_TRUE(clients.emplace_back(server.port()).send(get("/token")));
  for (auto& c : clients) expect_reply(c, refused);
  EXPECT_LT(asked, 20);
  const int before = asked;
  expect_reply(clients.front(), get("/token"), refused);
  EXPECT_EQ(asked, before + 1);
}

// A timeout is the request's own and not shared.
TYPED_TEST(token, times_out_by_each_requests_own_deadline) {
  const test::fake_service silent(test::be_silent);
  TypeParam server(with_upstream("http://127.0.0.1:" + std::to_string(silent.port()), 0.5));
  client first(server.port()), second(server.port());
  EXPECT_TRUE(first.send(get("/token")));
  std::this_thread::sleep_for(std::chrono::milliseconds(250));
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_TRUE(second.send(get("/token")));
  const auto late = text_reply("504 Gateway Timeout", "upstream: took too long");
  expect_reply(second, late);
  EXPECT_GE(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds(490));
  expect_reply(first, late);
}

TYPED_TEST(token, is_told_to_no_impostor) {
  EXPECT_EQ(status_of(this->reply_with("expired")), bad_gateway);
  EXPECT_EQ(status_of(this->reply_with("host")), bad_gateway);
  EXPECT_EQ(status_of(this->reply_with("ca")), bad_gateway);
}

TYPED_TEST(token, is_asked_about_under_the_ca_that_was_given) {
  const test::temporary_folder ours, others;
  const test_upstream upstream({"--tls-dir", ours.path()});
  const test_upstream other({"--tls-dir", others.path()});
  auto options = with_upstream(upstream.url());
  options.ca = ours.path() + "/ca.pem";
  TypeParam server(options);
  EXPECT_EQ(body_of(this->reply_to(server, "good")), R"({"active":true})");
  options.ca = others.path() + "/ca.pem";
  TypeParam mistrusting(options);
  EXPECT_EQ(status_of(this->reply_to(mistrusting, "good")), bad_gateway);
}

TYPED_TEST(token, needs_an_upstream) {
  TypeParam server({});
  client c(server.port());
  expect_reply(c, get("/token"), text_reply("502 Bad Gateway", "upstream: this server was started without it"));
}

// After a restart it has another TLS port and another certificate.
TYPED_TEST(token, finds_a_restarted_upstream) {
  test_upstream upstream;
  upstream.kill();
  TypeParam server(with_upstream(upstream.url()));
  client c(server.port());
  expect_reply(c, get("/token"), text_reply("502 Bad Gateway", "upstream: cannot be reached"));
  for (int i = 0; i < 3; ++i) {
    upstream.start();
    expect_reply(c, get("/token"), active);
    upstream.kill();
    expect_reply(c, get("/token"), text_reply("502 Bad Gateway", "upstream: cannot be reached"));
  }
}

TYPED_TEST(token, may_meet_an_endpoint_that_misbehaves) {
  const test_upstream upstream;
  TypeParam server(with_upstream(upstream.url(), 1));
  for (const auto* how : {"garbage", "half", "huge"}) EXPECT_EQ(status_of(this->reply_to(server, how)), bad_gateway);
  for (const auto* how : {"silent", "slow-header", "slow-body"})
    EXPECT_EQ(body_of(this->reply_to(server, how)), "upstream: took too long");
  EXPECT_EQ(body_of(this->reply_to(server, "good")), R"({"active":true})");
}

TYPED_TEST(token, may_meet_an_upstream_that_does_not_know_where) {
  const auto info = [](const std::string& body) {
    return replying("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
  };
  for (const auto* body :
       {"", "{}", "[1]", "garbage", R"({"tls_port":"x"})", R"({"tls_port":-1})", R"({"tls_port":65536})"})
    EXPECT_EQ(body_of(reply_beside<TypeParam>(info(body), "/token")), "upstream: no token endpoint in its /info")
        << body;
}

}  // namespace
}  // namespace tvl::waits
