#include "clients/load/protocol/url.hpp"

#include "clients/load/base/bad_plan.hpp"

#include <gtest/gtest.h>

#include <arpa/inet.h>

namespace tvl::load {
namespace {

TEST(Url, IsTakenApart) {
  const auto u = parse_url("http://127.0.0.1:8080/delay/50?x=1", false);
  EXPECT_EQ(u.host, "127.0.0.1");
  EXPECT_EQ(u.address, "127.0.0.1");
  EXPECT_EQ(u.port, 8080);
  EXPECT_EQ(u.target, "/delay/50?x=1");
  const auto name = u.endpoint();
  EXPECT_EQ(name.sin_family, AF_INET);
  EXPECT_EQ(ntohs(name.sin_port), 8080);
  EXPECT_EQ(ntohl(name.sin_addr.s_addr), INADDR_LOOPBACK);
}

TEST(Url, HasDefaults) {
  EXPECT_EQ(parse_url("http://127.0.0.1", false).port, 80);
  EXPECT_EQ(parse_url("http://127.0.0.1", false).target, "/");
  EXPECT_EQ(parse_url("http://127.0.0.1:81", false).target, "/");
  EXPECT_EQ(parse_url("http://127.0.0.1:81?a=b", false).target, "/?a=b");
  EXPECT_EQ(parse_url("http://127.0.0.1/a:b", false).port, 80);  // this colon is the path's
}

TEST(Url, NamesAreResolved) {
  const auto u = parse_url("http://localhost:8080/", false);
  EXPECT_EQ(u.host, "localhost");  // what goes into the Host field
  EXPECT_EQ(u.address.substr(0, 4), "127.");
}

TEST(Url, AllOfTheLoopbackNetworkIsLocal) {
  EXPECT_EQ(parse_url("http://127.0.0.2/", false).address, "127.0.0.2");
  EXPECT_EQ(parse_url("http://127.255.255.254/", false).address, "127.255.255.254");
}

TEST(Url, EveryPortIsOne) {
  EXPECT_EQ(parse_url("http://127.0.0.1:1/", false).port, 1);
  EXPECT_EQ(parse_url("http://127.0.0.1:65535/", false).port, 65535);
}

std::string url_refusal(const std::string& text, bool allow_remote = false) {
  try {
    parse_url(text, allow_remote);
  } catch (const bad_plan& e) {
    return e.what();
  }
  return "accepted";
}

TEST(BadUrl, HasAnotherForm) {
  for (const std::string text : {"", "127.0.0.1:8080/", "https://127.0.0.1/", "http:/127.0.0.1/", "ftp://127.0.0.1/"})
    EXPECT_EQ(url_refusal(text), "'" + text + "' is not a URL of the form http://HOST[:PORT]/PATH");
}

TEST(BadUrl, NamesNoHost) {
  for (const std::string text : {"http://", "http:///path", "http://:8080/", "http://?a"})
    EXPECT_EQ(url_refusal(text), "'" + text + "' names no host");
}

TEST(BadUrl, HasNoPort) {
  for (const std::string port : {"", "0", "-1", "65536", "99999999999", "80x", "x", "8 0", "+80", "0x50"}) {
    const std::string text = "http://127.0.0.1:" + port + "/";
    const auto reason = url_refusal(text);
    if (port.find(' ') == port.npos) {
      EXPECT_EQ(reason, "'" + port + "' is not a port in '" + text + "'");
    } else {
      EXPECT_EQ(reason, "'" + text + "' has white space in it");
    }
  }
}

// White space would end the request line early or inject a header field.
TEST(BadUrl, HasWhiteSpace) {
  for (const std::string text : {"http://127.0.0.1/a b", "http://127.0.0.1/a\tb", "http://127.0.0.1/\r\nX: y",
                                 "http://127.0.0.1/a\n", "http://127.0.0.1 /"})
    EXPECT_EQ(url_refusal(text), "'" + text + "' has white space in it");
}

// Names that fail without a DNS query.
TEST(BadUrl, CannotBeResolved) {
  for (const std::string host : {"a..b", ".."})
    EXPECT_EQ(url_refusal("http://" + host + ":8080/").find("cannot resolve '" + host + "': "), 0u) << host;
}

TEST(BadUrl, IsRemoteWithoutPermission) {
  EXPECT_EQ(url_refusal("http://192.0.2.1:8080/"),
            "'192.0.2.1' is 192.0.2.1, outside 127.0.0.0/8; --allow-remote if you mean it");
  for (const std::string host : {"0.0.0.0", "128.0.0.1", "126.255.255.255", "12.7.0.1", "1.127.0.0"})
    EXPECT_NE(url_refusal("http://" + host + "/").find("outside 127.0.0.0/8"), std::string::npos) << host;
}

TEST(Url, IsRemoteWithPermission) {
  const auto u = parse_url("http://192.0.2.1:8080/", true);
  EXPECT_EQ(u.address, "192.0.2.1");
}

}  // namespace
}  // namespace tvl::load
