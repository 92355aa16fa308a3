#include "clients/load/protocol/url.hpp"

#include "clients/load/base/bad_plan.hpp"
#include "clients/load/base/descriptor.hpp"

#include <gtest/gtest.h>

#include <arpa/inet.h>

#include <string>
#include <vector>

namespace tvl::load {
namespace {

TEST(Url, IsTakenApart) {
  const auto u = parse_url("http://127.0.0.1:8080/delay/50?x=1", false);
  EXPECT_EQ(u.host, "127.0.0.1");
  EXPECT_EQ(u.address, "127.0.0.1");
  EXPECT_EQ(u.port, 8080);
  EXPECT_EQ(u.target, "/delay/50?x=1");
  ASSERT_EQ(u.endpoint().family(), AF_INET);
  const auto& name = *reinterpret_cast<const sockaddr_in*>(u.endpoint().name());
  EXPECT_EQ(ntohs(name.sin_port), 8080);
  EXPECT_EQ(ntohl(name.sin_addr.s_addr), INADDR_LOOPBACK);
  EXPECT_EQ(u.host_field(), "127.0.0.1:8080");
}

TEST(Url, HasDefaults) {
  EXPECT_EQ(parse_url("http://127.0.0.1", false).port, 80);
  EXPECT_EQ(parse_url("http://127.0.0.1", false).target, "/");
  EXPECT_EQ(parse_url("http://127.0.0.1:81", false).target, "/");
  EXPECT_EQ(parse_url("http://127.0.0.1:81?a=b", false).target, "/?a=b");
  EXPECT_EQ(parse_url("http://127.0.0.1/a:b", false).port, 80);  // this colon is the path's
}

// RFC 3986.
TEST(Url, IsTakenApartByTheGrammar) {
  EXPECT_EQ(parse_url("HTTP://LocalHost:8080/A%2fb", false).host, "localhost");
  EXPECT_EQ(parse_url("http://127.0.0.1/A%2fb%zz|{x}", false).target, "/A%2fb%zz|{x}") << "left as it is";
  EXPECT_EQ(parse_url("http://127.0.0.1/a?b#c", false).target, "/a?b");
  EXPECT_EQ(parse_url("http://127.0.0.1#c", false).target, "/");
  EXPECT_EQ(parse_url("http://127.0.0.1?a#/c", false).target, "/?a");
  EXPECT_EQ(parse_url("http://127.0.0.1/a@b:c", false).host, "127.0.0.1");
  EXPECT_EQ(parse_url("http://127.0.0.1:/", false).port, 80);
  EXPECT_EQ(parse_url("http://127.0.0.1:/", false).host_field(), "127.0.0.1");
  EXPECT_EQ(parse_url("http://%31%32%37.0.0.1/", false).address, "127.0.0.1");
}

TEST(Url, Ipv6StandsInBrackets) {
  const auto u = parse_url("http://[::1]:8080/x", false);
  EXPECT_EQ(u.host, "[::1]");
  EXPECT_EQ(u.address, "::1");
  EXPECT_EQ(u.endpoint().family(), AF_INET6);
  EXPECT_EQ(u.host_field(), "[::1]:8080");
  EXPECT_EQ(u.target, "/x");
  EXPECT_EQ(parse_url("http://[::1]", false).host_field(), "[::1]");
  EXPECT_TRUE(parse_url("http://[::ffff:127.0.0.1]/", false).endpoint().is_local());
}

TEST(Url, OfAUnixSocket) {
  const auto u = parse_url("unix:/run/app.sock:/x?y:z", false);
  EXPECT_EQ(u.endpoint().family(), AF_UNIX);
  EXPECT_EQ(u.address, "/run/app.sock");
  EXPECT_EQ(u.target, "/x?y:z");
  EXPECT_EQ(u.host_field(), "localhost");
  EXPECT_FALSE(u.websocket);
  for (const std::string text : {"unix:/run/app.sock", "unix:/run/app.sock:", "unix:/run/app.sock:/"})
    EXPECT_EQ(parse_url(text, false).target, "/") << text;
  EXPECT_TRUE(parse_url("ws+unix:/run/app.sock:/ws", false).websocket);
}

TEST(Url, UserAndPasswordAreBasicAuthorization) {
  EXPECT_EQ(parse_url("http://Aladdin:open%20sesame@127.0.0.1/", false).authorization,
            "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
  EXPECT_EQ(parse_url("http://user@127.0.0.1/", false).authorization, "Basic dXNlcjo=");
  EXPECT_EQ(parse_url("http://127.0.0.1/a@b", false).authorization, "");
  EXPECT_EQ(without_password("http://user:secret@127.0.0.1/a@b"), "http://***@127.0.0.1/a@b");
  EXPECT_EQ(without_password("http://127.0.0.1/a@b"), "http://127.0.0.1/a@b");
}

TEST(Url, OfAServerAndAPath) {
  EXPECT_EQ(url_at("http://127.0.0.1:80", "/x"), "http://127.0.0.1:80/x");
  EXPECT_EQ(url_at("unix:/run/app.sock", "/x"), "unix:/run/app.sock:/x");
  EXPECT_EQ(url_at("unix:/run/app.sock:", "/x"), "unix:/run/app.sock:/x");
  EXPECT_EQ(as_websocket("http://127.0.0.1/x"), "ws://127.0.0.1/x");
  EXPECT_EQ(as_websocket("unix:/run/app.sock:/x"), "ws+unix:/run/app.sock:/x");
}

// The first address that accepts comes to the front and stays.
TEST(Url, ChoosesTheAddressThatAccepts) {
  const descriptor listener(::socket(AF_INET, SOCK_STREAM, 0)), closed(::socket(AF_INET, SOCK_STREAM, 0));
  sockaddr_in names[2] = {};
  const int sockets[2] = {closed.get(), listener.get()};
  url u;
  for (int i = 0; i < 2; ++i) {
    names[i].sin_family = AF_INET;
    names[i].sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof names[i];
    auto* const name = reinterpret_cast<sockaddr*>(&names[i]);
    ASSERT_EQ(::bind(sockets[i], name, size), 0);
    ASSERT_EQ(::getsockname(sockets[i], name, &size), 0);
    u.addresses.emplace_back(name, size);
  }
  ASSERT_EQ(::listen(listener.get(), 1), 0);
  u.choose_address();
  EXPECT_EQ(reinterpret_cast<const sockaddr_in*>(u.endpoint().name())->sin_port, names[1].sin_port);
  EXPECT_EQ(u.addresses.size(), 2u);
}

TEST(Url, NamesAreResolved) {
  const auto u = parse_url("http://localhost:8080/", false);
  EXPECT_EQ(u.host, "localhost");  // what goes into the Host field
  EXPECT_EQ(u.addresses.back().family(), AF_INET6) << "whatever /etc/hosts says";
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
  for (const std::string text : {"", "127.0.0.1:8080/", "http:/127.0.0.1/", "ftp://127.0.0.1/"})
    EXPECT_EQ(url_refusal(text),
              "'" + text + "' is not a URL of the form http://HOST[:PORT]/PATH or unix:/SOCKET[:/PATH]");
}

TEST(BadUrl, NamesNoHost) {
  for (const std::string text : {"http://", "http:///path", "http://:8080/", "http://?a"})
    EXPECT_EQ(url_refusal(text), "'" + text + "' names no host");
}

TEST(BadUrl, HasNoPort) {
  for (const std::string port : {"0", "-1", "65536", "99999999999", "80x", "x", "8 0", "+80", "0x50"}) {
    const std::string text = "http://127.0.0.1:" + port + "/";
    const auto reason = url_refusal(text);
    if (port.find(' ') == port.npos) {
      EXPECT_EQ(reason, "'" + port + "' is not a port from 1 to 65535 in '" + text + "'");
    } else {
      EXPECT_EQ(reason, "'" + text + "' has white space in it, at character 19; percent-encode it");
    }
  }
}

// White space would end the request line early or inject a header field.
TEST(BadUrl, HasWhiteSpaceOrAControlCharacter) {
  const std::string host = "http://127.0.0.1";
  EXPECT_EQ(url_refusal(host + "/a b"),
            "'http://127.0.0.1/a b' has white space in it, at character 19; percent-encode it");
  EXPECT_EQ(url_refusal(host + "/\r\nX: y"),
            "'http://127.0.0.1/\\x0d\\x0aX: y' has a control character in it, at character 18; percent-encode it");
  for (const std::string& text : std::vector<std::string>{host + "/a\tb", host + " /", "unix:/a b"})
    EXPECT_NE(url_refusal(text).find(" has white space in it, "), std::string::npos) << text;
  for (const std::string& text :
       std::vector<std::string>{host + "/a\n", host + std::string("/\0", 2), host + "/\x7f", "unix:/a\n"})
    EXPECT_NE(url_refusal(text).find(" has a control character in it, "), std::string::npos) << text;
}

TEST(BadUrl, IsNotOffered) {
  EXPECT_EQ(url_refusal("https://127.0.0.1/"),
            "'https://127.0.0.1/' asks for TLS, which is not offered: http:// or ws://");
  EXPECT_NE(url_refusal("ws://u:p@127.0.0.1/").find("-H 'Authorization"), std::string::npos);
}

TEST(BadUrl, HasNoHostOfTheGrammar) {
  EXPECT_EQ(url_refusal("http://::1:80/"), "an IPv6 address stands in brackets, [::1], in 'http://::1:80/'");
  EXPECT_EQ(url_refusal("http://[::1/"), "'[' without ']' in 'http://[::1/'");
  EXPECT_EQ(url_refusal("http://[::g]/"), "'::g' is not an IPv6 address");
  for (const std::string host : {"a\\b", "a%zz", "a%00", "[::1]x", "a<b"})
    EXPECT_EQ(url_refusal("http://" + host + "/"), "'" + host + "' is not a host in 'http://" + host + "/'");
  EXPECT_EQ(url_refusal("http://u%zz:secret@127.0.0.1/"),
            "'%' without two hexadecimal digits before the '@' of 'http://***@127.0.0.1/'");
}

TEST(BadUrl, NamesNoSocket) {
  EXPECT_EQ(url_refusal("unix:"), "'unix:' names no socket");
  EXPECT_EQ(url_refusal("unix:/a:b"), "'unix:/a:b' is not a URL of the form unix:/SOCKET[:/PATH]");
  EXPECT_EQ(url_refusal("unix:/" + std::string(107, 'a')),
            "the path of the Unix socket has 108 bytes, the limit is 107");
}

// Names that fail without a DNS query.
TEST(BadUrl, CannotBeResolved) {
  for (const std::string host : {"a..b", ".."})
    EXPECT_EQ(url_refusal("http://" + host + ":8080/").find("cannot resolve '" + host + "': "), 0u) << host;
}

TEST(BadUrl, IsRemoteWithoutPermission) {
  EXPECT_EQ(url_refusal("http://192.0.2.1:8080/"),
            "'192.0.2.1' is 192.0.2.1, outside 127.0.0.0/8 and ::1; --allow-remote if you mean it");
  for (const std::string host :
       {"[2001:db8::1]", "[::]", "0.0.0.0", "128.0.0.1", "126.255.255.255", "12.7.0.1", "1.127.0.0"})
    EXPECT_NE(url_refusal("http://" + host + "/").find("outside 127.0.0.0/8"), std::string::npos) << host;
}

TEST(Url, IsRemoteWithPermission) {
  const auto u = parse_url("http://192.0.2.1:8080/", true);
  EXPECT_EQ(u.address, "192.0.2.1");
}

}  // namespace
}  // namespace tvl::load
