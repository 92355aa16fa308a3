#include "clients/load/protocol/websocket_frames.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace tvl::load {
namespace {

using namespace std::string_literals;

// RFC 6455 1.3
constexpr auto key = "dGhlIHNhbXBsZSBub25jZQ==", accept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

std::string switching(const std::string& more = "", const std::string& accepted = accept) {
  return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: WebSocket\r\nConnection: keep-alive, Upgrade\r\n"
         "Sec-WebSocket-Accept: " +
         accepted + "\r\n" + more + "\r\n";
}

// An unmasked frame; `first` is its first byte.
std::string frame(int first, const std::string& payload) {
  std::string bytes(1, static_cast<char>(first));
  const std::size_t n = payload.size();
  if (n <= 125)
    bytes += static_cast<char>(n);
  else if (n <= 0xffff)
    bytes += {126, static_cast<char>(n >> 8), static_cast<char>(n)};
  else
    bytes += {127, 0, 0, 0, 0, 0, static_cast<char>(n >> 16), static_cast<char>(n >> 8), static_cast<char>(n)};
  return bytes + payload;
}

std::string describe(frame_reader::result r, const incoming& in) {
  const std::string kind = in.kind == opcode::text ? "text " : in.kind == opcode::binary ? "binary " : "";
  switch (r) {
    case frame_reader::result::message:
      return kind + std::string(in.payload);
    case frame_reader::result::ping:
      return "ping " + std::string(in.payload);
    case frame_reader::result::close:
      return "close " + std::string(in.payload);
    case frame_reader::result::bad:
      return "bad";
    case frame_reader::result::need_more:
      return "";
  }
  return "";
}

using events = std::vector<std::string>;

// The reader's results for `bytes` in pieces of `step`, each piece in its own memory.
events read_all(const std::string& bytes, std::size_t step, frame_reader reader = frame_reader()) {
  events seen;
  incoming in;
  for (std::size_t at = 0; at < bytes.size(); at += step) {
    const std::string piece = bytes.substr(at, step);
    for (std::string_view rest = piece; !rest.empty();) {
      const auto r = reader.read(rest, in);
      if (r != frame_reader::result::need_more) seen.push_back(describe(r, in));
      if (r == frame_reader::result::bad) return seen;
    }
  }
  return seen;
}

TEST(Upgrade, RequestIsComplete) {
  EXPECT_EQ(upgrade_request("127.0.0.1", 8080, "/ws/room", key),
            "GET /ws/room HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
}

TEST(Upgrade, AcceptIsTheOneOfTheRfc) { EXPECT_EQ(accept_of(key), accept); }

TEST(Upgrade, ReplyIsReadHoweverItIsSplitAndFramesBehindItAreLeft) {
  const std::string bytes = switching() + frame(0x81, "first");
  for (std::size_t step = 1; step <= bytes.size(); ++step) {
    upgrade_reader reader;
    auto r = upgrade_reader::result::need_more;
    std::string left;
    int status = 0;
    for (std::size_t at = 0; at < bytes.size(); at += step) {
      const std::string piece = bytes.substr(at, step);
      std::string_view rest = piece;
      if (r == upgrade_reader::result::need_more) r = reader.read(rest, accept, status);
      left += rest;
    }
    ASSERT_EQ(r, upgrade_reader::result::accepted) << step;
    ASSERT_EQ(left, frame(0x81, "first")) << step;
  }
}

upgrade_reader::result judge(std::string_view bytes, int* status = nullptr) {
  int ignored = 0;
  return upgrade_reader().read(bytes, accept, status ? *status : ignored);
}

TEST(Upgrade, AnotherStatusIsARefusal) {
  int status = 0;
  EXPECT_EQ(judge("HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno", &status), upgrade_reader::result::refused);
  EXPECT_EQ(status, 404);
}

TEST(Upgrade, WrongRepliesAreBad) {
  using enum upgrade_reader::result;
  EXPECT_EQ(judge(switching()), accepted);
  EXPECT_EQ(judge(switching("", accept_of("another key"))), bad);
  EXPECT_EQ(judge(switching("Sec-WebSocket-Extensions: permessage-deflate\r\n")), bad);
  EXPECT_EQ(judge(switching("Sec-WebSocket-Protocol: chat\r\n")), bad);
  EXPECT_EQ(judge("HTTP/1.1 101 Switching Protocols\r\nSec-WebSocket-Accept: "s + accept + "\r\n\r\n"), bad);
  EXPECT_EQ(judge("SSH-2.0-OpenSSH_9.2\r\n\r\n"), bad);
  EXPECT_EQ(judge("HTTP/1.1 101 OK\r\nX: " + std::string(70'000, 'x')), bad);
}

TEST(ClientFrame, IsTheOneOfTheRfc) {  // 5.7
  EXPECT_EQ(client_frame(opcode::text, "Hello", 0x37fa213d), "\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58"s);
}

TEST(ClientFrame, LengthIsWrittenTheShortestWay) {
  const auto head = [](std::size_t n) {
    const auto bytes = client_frame(opcode::binary, std::string(n, 'x'), 0);
    return bytes.substr(0, bytes.size() - n);
  };
  EXPECT_EQ(head(0), "\x82\x80\0\0\0\0"s);
  EXPECT_EQ(head(125), "\x82\xfd\0\0\0\0"s);
  EXPECT_EQ(head(126), "\x82\xfe\0\x7e\0\0\0\0"s);
  EXPECT_EQ(head(65535), "\x82\xfe\xff\xff\0\0\0\0"s);
  EXPECT_EQ(head(65536), "\x82\xff\0\0\0\0\0\1\0\0\0\0\0\0"s);
}

TEST(FrameReader, ReadsTheSameHoweverTheBytesAreSplit) {
  const std::string big(70'000, 'b'), middle(300, 'm');
  const std::string bytes = frame(0x81, "Hello") + frame(0x82, middle) + frame(0x81, "") +
                            // a message in four fragments, one of them empty, with control frames between them
                            frame(0x02, "one ") + frame(0x89, "are you there") + frame(0x00, "two ") +
                            frame(0x8a, "pong") + frame(0x00, "") + frame(0x89, "") + frame(0x80, middle) +
                            frame(0x01, "") + frame(0x80, "") + frame(0x82, big) + frame(0x88, "\x03\xe8 bye");
  const events expected = {
      "text Hello",    "binary " + middle,  "text ", "ping are you there", "ping ", "binary one two " + middle, "text ",
      "binary " + big, "close \x03\xe8 bye"};
  for (std::size_t step = 1; step <= 400; ++step) ASSERT_EQ(read_all(bytes, step), expected) << step;
  EXPECT_EQ(read_all(bytes, bytes.size()), expected);
}

TEST(FrameReader, AWholeFrameIsNotCopied) {
  const std::string bytes = frame(0x81, "Hello") + frame(0x89, "p");
  frame_reader reader;
  incoming in;
  std::string_view rest = bytes;
  ASSERT_EQ(reader.read(rest, in), frame_reader::result::message);
  EXPECT_EQ(in.payload.data(), bytes.data() + 2);
  ASSERT_EQ(reader.read(rest, in), frame_reader::result::ping);
  EXPECT_EQ(in.payload.data(), bytes.data() + 9);
}

TEST(FrameReader, ProtocolViolationsAreBad) {
  const std::string masked = client_frame(opcode::text, "Hello", 1);
  const std::string wrong[] = {
      masked,
      frame(0xc1, "reserved bit 1"),
      frame(0xa1, "reserved bit 2"),
      frame(0x91, "reserved bit 3"),
      frame(0x83, "reserved opcode"),
      frame(0x8f, "reserved control opcode"),
      frame(0x80, "continues nothing"),
      frame(0x00, "continues nothing"),
      frame(0x01, "begun") + frame(0x81, "another within"),
      frame(0x09, "a ping in fragments"),
      frame(0x89, std::string(126, 'p')),
      frame(0x88, "1"),
      "\x81\x7e\x00\x7d"s + std::string(125, 'x'),                // 125 in two bytes
      "\x81\x7f\0\0\0\0\0\0\xff\xff"s + std::string(65535, 'x'),  // 65535 in eight
      "\x81\x7f\x80\0\0\0\0\0\0\1"s,                              // a negative length
      "\x81\x7f\xff\xff\xff\xff\xff\xff\xff\xff"s,
  };
  for (const auto& bytes : wrong)
    for (const std::size_t step : {bytes.size(), std::size_t{1}}) {
      const events seen = read_all(bytes, step);
      ASSERT_FALSE(seen.empty()) << testing::PrintToString(bytes.substr(0, 20));
      ASSERT_EQ(seen.back(), "bad") << testing::PrintToString(bytes.substr(0, 20));
    }
}

TEST(FrameReader, TheLimitIsOnTheWholeMessage) {
  const frame_reader::result good = frame_reader::result::message, bad = frame_reader::result::bad;
  const auto read = [](const std::string& bytes, std::uint32_t limit) {
    std::string_view rest = bytes;
    incoming in;
    return frame_reader(limit).read(rest, in);
  };
  EXPECT_EQ(read(frame(0x82, std::string(1000, 'x')), 1000), good);
  EXPECT_EQ(read(frame(0x82, std::string(1001, 'x')), 1000), bad);
  EXPECT_EQ(read(frame(0x02, std::string(600, 'x')) + frame(0x80, std::string(400, 'x')), 1000), good);
  EXPECT_EQ(read(frame(0x02, std::string(600, 'x')) + frame(0x80, std::string(401, 'x')), 1000), bad);
  // Decided by the frame header, before the payload arrives.
  EXPECT_EQ(read("\x82\x7f\0\0\0\0\0\x10\0\1"s, 1u << 20), bad);
  EXPECT_EQ(read("\x82\x7f\0\0\0\0\0\x10\0\0"s, 1u << 20), frame_reader::result::need_more);
}

TEST(FrameReader, ResetForgetsAMessageHalfRead) {
  frame_reader reader;
  incoming in;
  const std::string half = frame(0x01, "half") + "\x80", whole = frame(0x81, "whole");
  std::string_view rest = half;
  ASSERT_EQ(reader.read(rest, in), frame_reader::result::need_more);
  reader.reset();
  rest = whole;
  ASSERT_EQ(reader.read(rest, in), frame_reader::result::message);
  EXPECT_EQ(in.payload, "whole");
}

}  // namespace
}  // namespace tvl::load
