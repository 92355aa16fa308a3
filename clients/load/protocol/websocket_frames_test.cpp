#include "clients/load/protocol/websocket_frames.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace tvl::load {
namespace {

using namespace std::string_literals;

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
      return "bad: " + std::string(in.payload);
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

TEST(FrameReader, AProtocolViolationIsBadAndItsCauseNamed) {
  const std::string reserved_bit = "a frame with a reserved bit, without an extension that defines it";
  const std::string masked = "a masked frame, which only a client may send";
  const std::pair<std::string, std::string> wrong[] = {
      {client_frame(opcode::text, "Hello", 1), masked},
      {client_frame(opcode::ping, std::string(125, 'p'), 1), masked},
      {"\xff\xff", masked},  // although further bytes of the length are missing
      {frame(0xc1, "reserved bit 1"), reserved_bit},
      {frame(0xa1, "reserved bit 2"), reserved_bit},
      {frame(0x91, "reserved bit 3"), reserved_bit},
      {frame(0x83, ""), "a frame with the reserved opcode 3"},
      {frame(0x8f, ""), "a frame with the reserved opcode 15"},
      {frame(0x80, "continues nothing"), "a continuation of no message"},
      {frame(0x00, "continues nothing"), "a continuation of no message"},
      {frame(0x01, "begun") + frame(0x81, "another within"), "a new message within one in fragments"},
      {frame(0x09, "a ping in fragments"), "a ping in fragments"},
      {frame(0x89, std::string(126, 'p')), "a ping of 126 bytes, limit 125"},
      {frame(0x8a, std::string(70'000, 'p')), "a pong of 70000 bytes, limit 125"},
      {frame(0x88, std::string(126, 'c')), "a close of 126 bytes, limit 125"},
      {frame(0x88, "1"), "a close of one byte, which is half of a code"},
      {"\x81\x7e\x00\x7d"s + std::string(125, 'x'), "a length of 125 that is not in its shortest form"},
      {"\x81\x7f\0\0\0\0\0\0\xff\xff"s + std::string(65535, 'x'), "a length of 65535 that is not in its shortest form"},
      {"\x81\x7f\x80\0\0\0\0\0\0\1"s, "a message of more than 1048576 bytes"},
      {"\x81\x7f\xff\xff\xff\xff\xff\xff\xff\xff"s, "a message of more than 1048576 bytes"},
  };
  for (const auto& [bytes, cause] : wrong)
    for (const std::size_t step : {bytes.size(), std::size_t{1}}) {
      const events seen = read_all(bytes, step);
      ASSERT_FALSE(seen.empty()) << cause;
      ASSERT_EQ(seen.back(), "bad: " + cause);
    }
}

TEST(FrameReader, AControlFrameMayHave125Bytes) {
  const std::string most(125, 'p');
  for (const std::size_t step : {1u, 100u, 127u, 400u})
    EXPECT_EQ(read_all(frame(0x89, most) + frame(0x88, most), step), (events{"ping " + most, "close " + most}));
}

TEST(FrameReader, KnowsWhetherAMessageHasBegun) {
  frame_reader reader;
  incoming in;
  EXPECT_TRUE(reader.between_messages());
  const std::string bytes = frame(0x01, "he") + frame(0x89, "") + frame(0x80, "llo");
  for (std::size_t i = 0; i + 1 < bytes.size(); ++i) {
    std::string_view byte(bytes.data() + i, 1);
    reader.read(byte, in);
    EXPECT_FALSE(reader.between_messages()) << i;
  }
  std::string_view last(&bytes.back(), 1);
  EXPECT_EQ(reader.read(last, in), frame_reader::result::message);
  EXPECT_TRUE(reader.between_messages());
}

TEST(CloseWords, AreCodeMeaningAndReason) {
  EXPECT_EQ(close_words(""), "no code");
  EXPECT_EQ(close_words("\x03\xe8"), "1000 (normal)");
  EXPECT_EQ(close_words("\x03\xe9that will do"), "1001 (going away) 'that will do'");
  EXPECT_EQ(close_words("\x0f\xa0"), "4000");
  EXPECT_EQ(close_words("\x03\xf0\xce\xba\n"), "1008 (policy violation) '\\xce\\xba\\x0a'");
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
