#include "clients/load/protocol/websocket_upgrade.hpp"

#include "clients/load/base/bad_plan.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace tvl::load {
namespace {

using namespace std::string_literals;
using outcome = upgrade_reader::result;

// RFC 6455 1.3
constexpr auto key = "dGhlIHNhbXBsZSBub25jZQ==", accept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

url server() { return parse_url("ws://127.0.0.1:8080/ws/room", false); }

std::string request(const std::vector<std::string>& headers) {
  return offer_upgrade(server(), "/ws/room", headers).request;
}

TEST(UpgradeRequest, IsComplete) {
  EXPECT_EQ(request({}),
            "GET /ws/room HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhyZWFkcy12cy1sb29wIQ==\r\n\r\n");
}

TEST(UpgradeRequest, HasTheUsersHeaders) {
  EXPECT_EQ(request({"Cookie: a=b", "Origin:http://here ", "Cookie: c=d", "Authorization: Basic eDp5"}),
            "GET /ws/room HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nAuthorization: Basic eDp5\r\nUpgrade: websocket\r\n"
            "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhyZWFkcy12cy1sb29wIQ==\r\n"
            "Cookie: a=b\r\nOrigin: http://here\r\nCookie: c=d\r\n\r\n");
}

TEST(UpgradeRequest, AUsersHeaderReplacesTheGeneratedOneWhateverItsCase) {
  const auto offer = offer_upgrade(server(), "/",
                                   {"HOST: example.org", "connection: keep-alive, Upgrade",
                                    "sec-websocket-key: "s + key, "Sec-Websocket-Version: 8"});
  EXPECT_EQ(offer.request,
            "GET / HTTP/1.1\r\nHOST: example.org\r\nUpgrade: websocket\r\nconnection: keep-alive, Upgrade\r\n"
            "Sec-Websocket-Version: 8\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
  EXPECT_EQ(offer.accept, accept) << "of the key that is sent";
}

TEST(UpgradeRequest, HasTheUrlsPassword) {
  url u = server();
  u.authorization = "Basic eDp5";
  const auto request = offer_upgrade(u, "/").request;
  EXPECT_NE(request.find("\r\nAuthorization: Basic eDp5\r\n"), request.npos);
  EXPECT_EQ(offer_upgrade(u, "/", {"authorization: Bearer a"}).request.find("Basic"), request.npos);
}

TEST(UpgradeRequest, OffersTheUsersSubprotocols) {
  const auto offer =
      offer_upgrade(server(), "/", {"Sec-WebSocket-Protocol: chat , superchat", "sec-websocket-protocol: v2"});
  EXPECT_EQ(offer.protocols, (std::vector<std::string>{"chat", "superchat", "v2"}));
  EXPECT_NE(offer.request.find("\r\nSec-WebSocket-Protocol: chat , superchat\r\n"), std::string::npos);
  EXPECT_TRUE(offer_upgrade(server(), "/").protocols.empty());
}

TEST(UpgradeRequest, HeadersOfABodyOrAConnectionAreLeftOut) {
  EXPECT_EQ(without_framing({"Cookie: a=b", "content-type: text/plain", "Content-Length: 5", "CONNECTION: close",
                             "Expect: 100-continue", "Transfer-Encoding: chunked", "Host: x"}),
            (std::vector<std::string>{"Cookie: a=b", "Host: x"}));
}

std::string complaint(const std::string& header) {
  try {
    offer_upgrade(server(), "/", {header});
  } catch (const bad_plan& error) {
    return error.what();
  }
  return "none";
}

TEST(UpgradeRequest, AHeaderThatCannotBeSentIsOneClearLine) {
  EXPECT_EQ(complaint("Cookie"), "'Cookie' is not a header of the form Name: value");
  EXPECT_EQ(complaint(": a"), "': a' is not a header of the form Name: value");
  EXPECT_EQ(complaint("A: b\r\nC: d"), "'A: b\\x0d\\x0aC: d' is not a header of the form Name: value");
  EXPECT_EQ(complaint("sec-websocket-extensions: permessage-deflate"),
            "Sec-WebSocket-Extensions: the load generator has no WebSocket extensions, so it cannot offer any");
  EXPECT_EQ(complaint("Sec-WebSocket-Key: " + std::string(100, 'k')),
            "Sec-WebSocket-Key: '" + std::string(100, 'k') + "' is not 16 bytes in base64, 24 characters");
}

TEST(Upgrade, AcceptIsTheOneOfTheRfc) { EXPECT_EQ(accept_of(key), accept); }

std::string switching(const std::string& more = "", const std::string& accepted = accept) {
  return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: WebSocket\r\nConnection: keep-alive, Upgrade\r\n"
         "Sec-WebSocket-Accept: " +
         accepted + "\r\n" + more + "\r\n";
}

upgrade_offer offered(const std::vector<std::string>& protocols = {}) { return {"", accept, protocols}; }

// Beyond what is accepted, what was seen: "bad: <cause>".
std::string judged(std::string_view bytes, const upgrade_offer& offer = offered()) {
  std::string cause;
  switch (upgrade_reader().read(bytes, offer, cause)) {
    case outcome::need_more:
      return "need more";
    case outcome::accepted:
      return "accepted";
    case outcome::refused:
      return "refused: " + cause;
    case outcome::bad:
      return "bad: " + cause;
  }
  return "";
}

TEST(Upgrade, AnswerIsReadHoweverItIsSplitAndFramesBehindItAreLeft) {
  const std::string frame =
      "\x81\x05"
      "first";
  const auto offer = offered();
  for (const std::string before : {"", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"}) {
    const std::string bytes = before + switching() + frame;
    for (std::size_t step = 1; step <= bytes.size(); ++step) {
      upgrade_reader reader;
      auto r = outcome::need_more;
      std::string left, cause;
      for (std::size_t at = 0; at < bytes.size(); at += step) {
        const std::string piece = bytes.substr(at, step);
        std::string_view rest = piece;
        if (r == outcome::need_more) r = reader.read(rest, offer, cause);
        left += rest;
      }
      ASSERT_EQ(r, outcome::accepted) << step << cause;
      ASSERT_EQ(left, frame) << step;
    }
  }
}

TEST(Upgrade, ARefusalHasItsStatusAndReason) {
  EXPECT_EQ(judged("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno"), "refused: upgrade refused: 403 Forbidden");
  EXPECT_EQ(judged("HTTP/1.0 503 Busy\r\n\r\n"), "refused: upgrade refused: 503 Busy");
  EXPECT_EQ(judged("HTTP/1.1 200 OK\r\n\r\n"), "refused: upgrade refused: 200 OK");
  EXPECT_EQ(judged("HTTP/1.1 404 \r\n\r\n"), "refused: upgrade refused: 404 Not Found");
  EXPECT_EQ(judged("HTTP/1.1 301 Moved Permanently\r\nLocation: http://127.0.0.1/there\r\n\r\n"),
            "refused: upgrade refused: 301 Moved Permanently, redirected to 'http://127.0.0.1/there'");
}

TEST(Upgrade, AWrongAnswerIsNamed) {
  const std::string begin = "bad: wrong answer to the upgrade: ", accepts = "Sec-WebSocket-Accept: "s + accept + "\r\n";
  EXPECT_EQ(judged(switching()), "accepted");
  EXPECT_EQ(judged(switching("", "wrong")), begin + "Sec-WebSocket-Accept is 'wrong', not '" + accept + "'");
  EXPECT_EQ(judged(switching("Sec-WebSocket-Extensions: permessage-deflate\r\n")),
            begin + "extension 'permessage-deflate' was not offered");
  EXPECT_EQ(judged("HTTP/1.1 101 X\r\nConnection: Upgrade\r\n" + accepts + "\r\n"),
            begin + "101 without Upgrade: websocket");
  EXPECT_EQ(judged("HTTP/1.1 101 X\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n" + accepts + "\r\n"),
            begin + "101 without Upgrade: websocket");
  EXPECT_EQ(judged("HTTP/1.1 101 X\r\nUpgrade: websocket\r\n" + accepts + "\r\n"),
            begin + "101 without Connection: Upgrade");
  EXPECT_EQ(judged("HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"),
            begin + "101 without Sec-WebSocket-Accept");
  EXPECT_EQ(judged("HTTP/1.0 101 X\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" + accepts + "\r\n"),
            begin + "HTTP/1.0, which has no WebSockets");
}

TEST(Upgrade, TheSubprotocolMustBeOneThatWasOffered) {
  const auto chat = switching("Sec-WebSocket-Protocol: chat\r\n");
  const std::string refusal = "bad: wrong answer to the upgrade: subprotocol 'chat' was not offered";
  EXPECT_EQ(judged(chat), refusal);
  EXPECT_EQ(judged(chat, offered({"superchat", "Chat"})), refusal);
  EXPECT_EQ(judged(chat, offered({"superchat", "chat"})), "accepted");
  EXPECT_EQ(judged(switching(), offered({"chat"})), "accepted") << "the server need not choose one";
}

TEST(Upgrade, WhatIsNotHttpIsShown) {
  const auto seen = judged("SSH-2.0-OpenSSH_9.2\r\n\r\n");
  EXPECT_TRUE(seen.starts_with("bad: the answer to the upgrade is not HTTP/1.1 (")) << seen;
  EXPECT_TRUE(seen.ends_with("): 'SSH-2.0-OpenSSH_9.2\\x0d\\x0a\\x0d\\x0a'")) << seen;
  EXPECT_EQ(judged("HTTP/1.1 101 OK\r\nX: " + std::string(70'000, 'x')),
            "bad: the header of the answer to the upgrade is longer than 64 KiB");
}

}  // namespace
}  // namespace tvl::load
