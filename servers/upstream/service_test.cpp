#include "servers/upstream/service.hpp"

#include "servers/upstream/objects.hpp"

#include <gtest/gtest.h>

namespace tvl::upstream {
namespace {

using namespace std::chrono_literals;

const std::string basic = "Authorization: Basic YXBwLXNlcnZlcjphcHAtc2VjcmV0\r\n";  // app-server:app-secret

class Service : public testing::Test {
 protected:
  // The serialised reply.
  answer ask(const std::string& text, bool encrypted = false) {
    request r;
    r.take(text);
    EXPECT_TRUE(r.complete()) << text;
    return service_.respond(r, encrypted);
  }
  answer get(const std::string& target) { return ask("GET " + target + " HTTP/1.1\r\n\r\n"); }
  answer introspect(const std::string& form, const std::string& fields = basic, bool encrypted = true) {
    return ask(
        "POST /introspect HTTP/1.1\r\n" + fields + "Content-Length: " + std::to_string(form.size()) + "\r\n\r\n" + form,
        encrypted);
  }

  service service_{latency("exponential:20", 1), R"({"tls_port":1})"};
};
TEST_F(Service, ApiTakesWhatItIsAskedTo) {
  const auto a = get("/api?ms=20");
  EXPECT_EQ(a.status, 200);
  EXPECT_EQ(a.type, "application/json");
  EXPECT_EQ(a.body, R"({"answer":42})");
  EXPECT_EQ(a.delay, 20ms);
  EXPECT_EQ(get("/api?ms=0").delay, 0ms);
  EXPECT_EQ(get("/api?bytes=70000&ms=60000").content, 70'000u);
}

TEST_F(Service, ApiElseDrawsFromItsDistribution) {
  latency same("exponential:20", 1);
  EXPECT_EQ(get("/api").delay, same.draw());
  get("/api?ms=20");
  EXPECT_EQ(get("/api?bytes=1").delay, same.draw());
}

TEST_F(Service, OthersAreDelayedOnRequestOnly) {
  EXPECT_EQ(get("/objects/small").delay, 0ms);
  EXPECT_EQ(get("/objects/small?ms=7").delay, 7ms);
}

TEST_F(Service, BadParametersAreRefused) {
  for (const char* target : {"/api?ms=", "/api?ms=-1", "/api?ms=60001", "/api?ms=1.5", "/api?ms=20ms", "/api?bytes=x",
                             "/api?bytes=1073741825", "/objects/small?ms=x"}) {
    const auto a = get(target);
    EXPECT_EQ(a.status, 400) << target;
    EXPECT_EQ(a.delay, 0ms) << target;
  }
  EXPECT_EQ(service_.counters.refused, 8u);
}

TEST_F(Service, ObjectsHaveSizeAndTag) {
  const auto a = get("/objects/medium");
  EXPECT_EQ(a.content, 1u << 20);
  EXPECT_EQ(a.type, "application/octet-stream");
  EXPECT_EQ(a.fields, "ETag: \"object-1048576\"\r\n");
  EXPECT_EQ(get("/objects/none").status, 404);
  EXPECT_EQ(get("/objects/").status, 404);
  EXPECT_EQ(get("/objects/../info").status, 404);
}

TEST_F(Service, TellsActiveTokensFromOthers) {
  EXPECT_EQ(introspect("token=good").body.find(R"({"active":true,)"), 0u);
  EXPECT_EQ(introspect("token_type_hint=access_token&token=good-7").body.find(R"({"active":true,)"), 0u);
  EXPECT_EQ(introspect("token=bad").body, R"({"active":false})");
  EXPECT_EQ(introspect("token=Good").body, R"({"active":false})");
  EXPECT_EQ(service_.counters.introspections, 4u);
}

TEST_F(Service, IntrospectsForItsClientOnly) {
  for (const std::string fields : {"", "Authorization: Basic\r\n", "Authorization: Basic YXBwLXNlcnZlcg==\r\n",
                                   "Authorization: Bearer YXBwLXNlcnZlcjphcHAtc2VjcmV0\r\n"}) {
    const auto a = introspect("token=good", fields);
    EXPECT_EQ(a.status, 401) << fields;
    EXPECT_EQ(a.fields, "WWW-Authenticate: Basic realm=\"introspection\"\r\n");
    EXPECT_EQ(a.body.find("active"), std::string::npos);
  }
  EXPECT_EQ(introspect("token=good", "authorization: basic YXBwLXNlcnZlcjphcHAtc2VjcmV0\r\n").status, 200);
}

TEST_F(Service, IntrospectsOverTlsOnly) { EXPECT_EQ(introspect("token=good", basic, false).status, 403); }

TEST_F(Service, NoTokenIsRefused) {
  EXPECT_EQ(introspect("").status, 400);
  EXPECT_EQ(introspect("token=").status, 400);
  EXPECT_EQ(introspect("tokens=good").status, 400);
}

TEST_F(Service, HostileByPathObjectAndToken) {
  EXPECT_EQ(get("/garbage").hostile, hostility::garbage);
  EXPECT_EQ(get("/slow-header").hostile, hostility::slow_header);
  EXPECT_EQ(get("/slow-body").hostile, hostility::slow_body);
  EXPECT_EQ(get("/half").hostile, hostility::half);
  EXPECT_EQ(get("/huge").hostile, hostility::huge);
  EXPECT_EQ(get("/silent").hostile, hostility::silent);
  EXPECT_EQ(get("/half/api?ms=20").hostile, hostility::half);
  EXPECT_EQ(get("/objects/half").hostile, hostility::half);
  EXPECT_EQ(introspect("token=silent").hostile, hostility::silent);
  EXPECT_EQ(service_.counters.hostile, 9u);
  EXPECT_EQ(get("/api/half").hostile, hostility::none);
}

TEST_F(Service, RefusesWithTheStatusAskedFor) {
  EXPECT_EQ(get("/status/503").status, 503);
  EXPECT_EQ(get("/status/400").status, 400);
  EXPECT_EQ(get("/status/200").status, 404);
  EXPECT_EQ(get("/status/600").status, 404);
  EXPECT_EQ(get("/status/").status, 404);
}

TEST_F(Service, MethodsAreKept) {
  EXPECT_EQ(ask("POST /api HTTP/1.1\r\n\r\n").status, 405);
  EXPECT_EQ(ask("GET /introspect HTTP/1.1\r\n\r\n", true).fields, "Allow: POST\r\n");
  EXPECT_EQ(ask("HEAD /objects/large HTTP/1.1\r\n\r\n").content, 64u << 20);
}

TEST_F(Service, InfoIsAtTheRoot) {
  EXPECT_EQ(get("/").body, R"({"tls_port":1})");
  EXPECT_EQ(get("/info").body, R"({"tls_port":1})");
  EXPECT_EQ(get("").status, 400);
}

TEST_F(Service, RefusesWhatIsNoRequest) {
  EXPECT_EQ(ask("nonsense\r\n\r\n").status, 400);
  EXPECT_EQ(ask("GET / HTTP/1.1\r\nX: " + std::string(9000, 'x') + "\r\n\r\n").status, 431);
  EXPECT_EQ(ask("POST /introspect HTTP/1.1\r\nContent-Length: 8193\r\n\r\n" + std::string(8193, 'x')).status, 413);
  EXPECT_EQ(ask("POST /introspect HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n").status, 501);
  EXPECT_EQ(ask("POST /introspect HTTP/1.1\r\nExpect: 100-continue\r\n\r\n").status, 417);
}

TEST(Request, ComesInAnyPieces) {
  const std::string text =
      "POST /introspect?x=1 HTTP/1.1\r\nAuthorization: Basic abc\r\nContent-Length: 5\r\n\r\nhelloGET /";
  request r;
  std::string input;
  std::size_t used = 0;
  for (const char c : text) {
    if (r.complete()) break;
    input += c;
    ++used;
    input.erase(0, r.take(input));
  }
  EXPECT_EQ(text.substr(used), "GET /");
  EXPECT_TRUE(input.empty());
  EXPECT_EQ(r.failure(), 0);
  EXPECT_EQ(r.target(), "/introspect?x=1");
  EXPECT_EQ(r.authorization(), "Basic abc");
  EXPECT_EQ(r.body(), "hello");
  EXPECT_TRUE(r.keep_alive());
}

}  // namespace
}  // namespace tvl::upstream
