// run() against WebSocket servers: frames instead of packets, what no request asked for, upgrades.

#include "clients/load/run/run.hpp"
#include "clients/load/run/websocket_server.hpp"
#include "clients/load/selftest/invariants.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

namespace tvl::load {
namespace {

using namespace std::string_literals;
using ws_peer = websocket_server::peer;

plan at(const websocket_server& s) {
  plan p;
  p.url = s.url();
  p.connections = 2;
  p.warmup_s = 0;
  p.requests = 60;  // ends the window, however slow the machine is
  p.seconds = 60;
  p.timeout_s = 30;
  return p;
}

void expect_only_echoes(const point& p) {
  EXPECT_GT(p.requests.ok, 0u);
  EXPECT_EQ(errors(p.requests), 0u);
  EXPECT_EQ(p.requests.sent, p.requests.ok + p.requests.in_flight_at_end);
  EXPECT_EQ(p.first_error_text, std::nullopt);
  EXPECT_EQ(p.connections.first_error, std::nullopt);
}

// Sends pieces that the client reads one by one, mostly. Read together, the test gets weaker, not wrong.
void send_in_pieces(const ws_peer& to, const std::string& bytes, std::size_t size) {
  for (std::size_t at = 0; at < bytes.size(); at += size) {
    to.send(bytes.substr(at, size));
    std::this_thread::sleep_for(std::chrono::microseconds(200));
  }
}

TEST(WebSocketLoad, AnEchoAndAPingInOnePacketAreOkAndAPong) {
  websocket_server s({.reply = [](const ws_peer& p, const std::string& text) { p.send(said(text) + "\x89\0"s); }});
  const point p = run(at(s));
  expect_only_echoes(p);
  EXPECT_EQ(p.websocket->unasked, 0u);
  EXPECT_GE(p.websocket->pings, p.requests.ok);
  // Pongs of the last pings may be under way.
  EXPECT_GE(s.pongs().size() + 4, p.requests.ok);
}

TEST(WebSocketLoad, APongHasThePayloadOfItsPing) {
  const std::string longest(125, 'p');
  websocket_server s({.reply = [&](const ws_peer& p, const std::string& text) {
    p.send(server_frame(0x89, longest) + server_frame(0x89, "a") + said(text) + server_frame(0x89, ""));
  }});
  expect_only_echoes(run(at(s)));
  const auto pongs = s.pongs();
  ASSERT_GE(pongs.size(), 3u);
  for (const std::string& each : {longest, "a"s, ""s}) EXPECT_GT(std::ranges::count(pongs, each), 0) << each;
  EXPECT_TRUE(std::ranges::all_of(
      pongs, [&](const std::string& each) { return each == longest || each == "a" || each.empty(); }));
}

TEST(WebSocketLoad, FragmentsWithControlFramesBetweenThemAreOneEcho) {
  websocket_server s({.reply = [](const ws_peer& p, const std::string& text) {
    p.send(server_frame(0x01, text.substr(0, 5)) + server_frame(0x89, "between") + server_frame(0x00, "") +
           server_frame(0x8a, "a pong") + server_frame(0x80, text.substr(5)));
  }});
  const point p = run(at(s));
  expect_only_echoes(p);
  EXPECT_GE(p.websocket->pings, p.requests.ok);
}

TEST(WebSocketLoad, AFrameMayTakeSeveralReads) {
  for (const std::size_t size : {1u, 7u}) {
    websocket_server s({.reply = [&](const ws_peer& p, const std::string& text) {
      send_in_pieces(p, said(text) + server_frame(0x89, "ping"), size);
    }});
    const point p = run(at(s));
    expect_only_echoes(p);
    EXPECT_GT(p.websocket->pings, 0u);
  }
}

TEST(WebSocketLoad, AnEchoLongerThanAMebibyteIsAnEcho) {
  websocket_server s({.reply = [](const ws_peer& p, const std::string&) {
    const std::size_t size = (1u << 20) + 1;
    p.send("\x81\x7f\0\0\0\0\0\x10\0\x01"s + std::string(size, 'x'));
  }});
  plan asked = at(s);
  asked.connections = 1;
  asked.requests = 3;
  asked.targets[0].body = std::string(60'000, 'y');  // the longest that the server reads
  asked.targets[0].expect_body = std::string((1u << 20) + 1, 'x');
  const point p = run(asked);
  expect_only_echoes(p);
}

TEST(WebSocketLoad, AGreetingIsCountedAndNamed) {
  for (const bool together : {true, false}) {
    websocket_server s({.upgrade = [=](const ws_peer& p, const std::string& head) {
      if (together) return p.send(switching(head) + said("welcome") + server_frame(0x89, "first"));
      p.send(switching(head));
      p.send(said("welcome"));
    }});
    const point p = run(at(s));
    expect_only_echoes(p);
    EXPECT_EQ(p.websocket->unasked, 2u) << "before the window, one on each connection";
    EXPECT_EQ(p.websocket->first_unasked, "'welcome'");
    EXPECT_TRUE(has_reason(p, "2 messages that no request asked for, the first: 'welcome'"));
    EXPECT_EQ(p.websocket->pings, together ? 2u : 0u);
  }
}

TEST(WebSocketLoad, WhatTheServerPushesIsNotTakenForTheEcho) {
  const std::string push = said("news");
  for (const auto& [before, behind] : {std::pair{push, ""s}, {""s, push}, {push + push, push}}) {
    websocket_server s(
        {.reply = [&](const ws_peer& p, const std::string& text) { p.send(before + said(text) + behind); }});
    const point p = run(at(s));
    expect_only_echoes(p);
    EXPECT_GE(p.websocket->unasked, p.requests.ok);
    EXPECT_EQ(p.websocket->first_unasked, "'news'");
  }
}

TEST(WebSocketLoad, ASecondEchoInTheSameReadIsNotThatOfTheNextMessage) {
  websocket_server s({.reply = [](const ws_peer& p, const std::string& text) { p.send(said(text) + said(text)); }});
  const point p = run(at(s));
  expect_only_echoes(p);
  EXPECT_GE(p.websocket->unasked + 4, p.requests.ok);  // of a read in the middle of two echoes
}

TEST(WebSocketLoad, AWrongEchoIsAnErrorAndNotUnasked) {
  websocket_server s({.reply = [](const ws_peer& p, const std::string&) { p.send(said("HELLO")); }});
  plan asked = at(s);
  asked.timeout_s = 0.3;  // of the first message, after which it is known
  const point p = run(asked);
  EXPECT_EQ(p.requests.ok, 0u);
  EXPECT_GT(p.requests.status_errors, 0u);
  EXPECT_EQ(errors(p.requests), p.requests.status_errors);
  EXPECT_EQ(p.first_error_text, "wrong echo: 'HELLO' instead of 'Hello, World!'");
  EXPECT_EQ(p.websocket->unasked, 0u);
  EXPECT_FALSE(p.verdict.valid);
}

TEST(WebSocketLoad, AWrongEchoAmongRightOnesIsFound) {
  websocket_server s(
      {.reply = [](const ws_peer& p, const std::string& text) { p.send(said(p.messages % 5 == 4 ? "wrong" : text)); }});
  plan asked = at(s);
  asked.timeout_s = 0.5;
  const point p = run(asked);
  EXPECT_GT(p.requests.ok, 0u);
  EXPECT_GT(p.requests.status_errors, 0u);
  EXPECT_EQ(p.first_error_text, "wrong echo: 'wrong' instead of 'Hello, World!'");
}

TEST(WebSocketLoad, ASlowEchoBehindAPushIsNoError) {
  websocket_server s({.reply = [](const ws_peer& p, const std::string& text) {
    p.send(said("soon"));
    std::this_thread::sleep_for(std::chrono::milliseconds(150));
    p.send(said(text));
  }});
  plan asked = at(s);
  asked.requests = 4;
  const point p = run(asked);
  expect_only_echoes(p);
  EXPECT_GT(p.websocket->unasked, 0u);
}

TEST(WebSocketLoad, ACloseIsAnsweredAndNamed) {
  const auto payload = "\x03\xf3too many"s;  // 1011
  websocket_server s({.reply = [&](const ws_peer& p, const std::string& text) {
    p.send(p.messages < 3 ? said(text) : server_frame(0x88, payload));
  }});
  const point p = run(at(s));
  EXPECT_GT(p.requests.ok, 0u);
  EXPECT_GT(errors(p.requests), 0u);
  EXPECT_EQ(p.requests.protocol_errors, 0u);
  EXPECT_EQ(p.first_error_text, "the server closed the WebSocket: 1011 (internal error) 'too many'");
  const auto closes = s.closes();
  EXPECT_GT(std::ranges::count(closes, payload), 0);
}

TEST(WebSocketLoad, AProtocolErrorHasItsCause) {
  const std::pair<std::string, std::string> wrong[] = {
      {"\x81\x85mask....."s, "the server sent a masked frame, which only a client may send"},
      {server_frame(0xc1, "x"), "the server sent a frame with a reserved bit, without an extension that defines it"},
      {server_frame(0x83, "x"), "the server sent a frame with the reserved opcode 3"},
      {server_frame(0x89, std::string(126, 'x')), "the server sent a ping of 126 bytes, limit 125"},
  };
  for (const auto& [bytes, cause] : wrong) {
    websocket_server s({.reply = [&](const ws_peer& p, const std::string& text) {
      // 126 as a length has two more bytes.
      p.send(p.messages < 3 ? said(text) : bytes[1] == '\x7e' ? bytes.substr(0, 2) + "\0\x7e"s : bytes);
    }});
    const point p = run(at(s));
    EXPECT_GT(p.requests.protocol_errors, 0u);
    EXPECT_EQ(errors(p.requests), p.requests.protocol_errors);
    EXPECT_EQ(p.first_error_text, cause);
  }
}

TEST(WebSocketLoad, AnEndInTheMiddleOfAMessageIsAProtocolError) {
  websocket_server s({.reply = [](const ws_peer& p, const std::string& text) {
    if (p.messages < 3) return p.send(said(text));
    p.send(said(text).substr(0, 5));
    p.end();
  }});
  const point p = run(at(s));
  EXPECT_GT(p.requests.protocol_errors, 0u);
  EXPECT_EQ(p.first_error_text, "the server closed the connection in the middle of a message");
}

// ---- the upgrade

TEST(WebSocketLoad, TheUsersHeadersAreInTheUpgradeRequest) {
  websocket_server s({.upgrade = [](const ws_peer& p, const std::string& head) {
    p.send(switching(head, "Sec-WebSocket-Protocol: chat\r\n"));
  }});
  plan asked = at(s);
  asked.targets[0].headers = {"Cookie: a=b", "hOST: example.org", "Sec-WebSocket-Protocol: superchat, chat"};
  expect_only_echoes(run(asked));
  const auto request = s.request();
  EXPECT_NE(request.find("\r\nCookie: a=b\r\n"), request.npos) << request;
  EXPECT_NE(request.find("\r\nhOST: example.org\r\n"), request.npos) << request;
  EXPECT_EQ(request.find("127.0.0.1"), request.npos) << "one Host: " << request;
  asked.targets[0].headers = {};
  EXPECT_EQ(message_of(asked),
            "cannot connect to " + asked.url + ": wrong answer to the upgrade: subprotocol 'chat' was not offered");
}

std::string refusal(const std::string& answer) {
  websocket_server s({.upgrade = [&](const ws_peer& p, const std::string&) {
    p.send(answer);
    p.end();
  }});
  plan asked = at(s);
  const auto message = message_of(asked), begin = "cannot connect to " + asked.url + ": ";
  return message.starts_with(begin) ? message.substr(begin.size()) : message;
}

TEST(WebSocketLoad, ARefusedUpgradeIsNamed) {
  EXPECT_EQ(refusal("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"), "upgrade refused: 403 Forbidden");
  EXPECT_EQ(refusal("HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\n\r\n"),
            "upgrade refused: 302 Found, redirected to '/elsewhere'");
  EXPECT_EQ(refusal("HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"),
            "wrong answer to the upgrade: 101 without Sec-WebSocket-Accept");
  EXPECT_EQ(refusal(""), "the server closed the connection before it answered the upgrade");
  EXPECT_EQ(refusal("HTTP/1.1 101 X\r\nUpg"), "the server closed the connection before it answered the upgrade");
}

TEST(WebSocketLoad, OneRefusedUpgradeAmongOthersIsInThePoint) {
  websocket_server s({.upgrade = [](const ws_peer& p, const std::string& head) {
    p.send(p.number == 0 ? switching(head) : "HTTP/1.1 503 Full\r\nContent-Length: 0\r\n\r\n");
  }});
  plan asked = at(s);
  asked.requests = 0;  // one slot would keep its request for ever
  asked.seconds = 1;
  const point p = run(asked);
  EXPECT_GT(p.requests.ok, 0u);
  EXPECT_EQ(p.connections.established, 1u);
  EXPECT_EQ(p.connections.first_error, "upgrade refused: 503 Full");
  EXPECT_TRUE(has_reason(p, "1 of 2 connections were established, the first failed: upgrade refused: 503 Full"));
}

}  // namespace
}  // namespace tvl::load
