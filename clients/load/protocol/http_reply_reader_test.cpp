#include "clients/load/protocol/http_reply_reader.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace tvl::load {
namespace {

using result = reply_reader::result;
using expectation = reply_reader::expectation;

std::string name(result r) { return r == result::complete ? "complete" : r == result::bad ? "bad" : "need_more"; }

// Feeds the pieces in order; returns the first result other than need_more, and the rest of the input.
struct reading {
  std::string end;
  int status = 0;
  bool keep_alive = false;
  bool body_as_expected = true;
  std::string rest = {};

  bool operator==(const reading&) const = default;
  friend std::ostream& operator<<(std::ostream& out, const reading& o) {
    return out << o.end << ' ' << o.status << (o.keep_alive ? " keep-alive" : " close")
               << (o.body_as_expected ? "" : " other body") << " rest '" << o.rest << "'";
  }
};

reading feed(const std::vector<std::string>& pieces, const expectation& expected = {}, bool close = false) {
  reply_reader reader;
  reply r;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    std::string_view input = pieces[i];
    const auto got = reader.read(input, expected, r);
    if (got == result::need_more) {
      EXPECT_TRUE(input.empty()) << "what is not taken would be lost";
      continue;
    }
    if (got == result::bad) return {name(got)};
    std::string rest(input);
    for (++i; i < pieces.size(); ++i) rest += pieces[i];
    return {name(got), r.status, r.keep_alive, r.body_as_expected, rest};
  }
  if (!close) return {name(result::need_more)};
  const auto got = reader.end(r);
  return got == result::complete ? reading{name(got), r.status, r.keep_alive, r.body_as_expected, ""}
                                 : reading{name(got)};
}

// Expects the same result for every split of the reply.
void expect_however_split(const std::string& bytes, const reading& expected, const expectation& e = {},
                          bool close = false) {
  EXPECT_EQ(feed({bytes}, e, close), expected) << bytes;
  for (std::size_t i = 1; i < bytes.size(); ++i) {
    EXPECT_EQ(feed({bytes.substr(0, i), bytes.substr(i)}, e, close), expected) << bytes << "\nsplit at " << i;
    for (std::size_t j = i + 1; j < bytes.size(); ++j)
      ASSERT_EQ(feed({bytes.substr(0, i), bytes.substr(i, j - i), bytes.substr(j)}, e, close), expected)
          << bytes << "\nsplit at " << i << " and " << j;
  }
  std::vector<std::string> single;
  for (const char c : bytes) single.emplace_back(1, c);
  EXPECT_EQ(feed(single, e, close), expected) << bytes << "\nbyte by byte";
}

const reading ok_and_open{"complete", 200, true, true, ""};
const reading ok_and_closed{"complete", 200, false, true, ""};
const reading bad_reply{"bad"};

TEST(ReplyReader, ContentLength) {
  expect_however_split("HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\nHello, World!", ok_and_open);
  expect_however_split("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", ok_and_open);
  expect_however_split("HTTP/1.1 404 Not Found\r\nServer: x\r\ncontent-length: 2\r\n\r\nno",
                       {"complete", 404, true, true, ""});
  expect_however_split("HTTP/1.1 200 \r\nContent-Length: 1\r\n\r\nx", ok_and_open);  // empty reason phrase
}

TEST(ReplyReader, KeepAliveIsTheServersChoice) {
  expect_however_split("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1\r\n\r\nx", ok_and_closed);
  expect_however_split("HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx", ok_and_closed);
  expect_however_split("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 1\r\n\r\nx", ok_and_open);
}

TEST(ReplyReader, Chunked) {
  expect_however_split("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nHello\r\n8\r\n, World!\r\n0\r\n\r\n",
                       ok_and_open);
  expect_however_split("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", ok_and_open);
}

// RFC 9112 6.3.
TEST(ReplyReader, ChunkedBeatsContentLength) {
  const std::string head = "HTTP/1.1 200 OK\r\n", body = "\r\n2\r\nok\r\n0\r\n\r\n";
  const std::string chunked = "Transfer-Encoding: chunked\r\n";
  expectation ok;
  ok.body = "ok";
  for (const std::string length : {"Content-Length: 12\r\n", "Content-Length: 1, 2\r\n", "Content-Length: x\r\n"}) {
    expect_however_split(head + chunked + length + body, ok_and_open, ok);
    expect_however_split(head + length + chunked + body, ok_and_open, ok);
  }
  expect_however_split(head + "Transfer-Encoding: gzip, chunked\r\n" + body, ok_and_open, ok);
  // Without `chunked` at its end the body ends with the connection, whatever Content-Length says.
  expect_however_split(head + "Transfer-Encoding: gzip\r\nContent-Length: 1\r\n\r\nok", ok_and_closed, ok, true);
  // HTTP/1.0 has no such field.
  expect_however_split("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n" + chunked + body, ok_and_closed, ok);
}

TEST(ReplyReader, EqualContentLengthsAreOne) {
  const std::string head = "HTTP/1.1 200 OK\r\n";
  expect_however_split(head + "Content-Length: 2\r\ncontent-length: 2\r\n\r\nok", ok_and_open);
  expect_however_split(head + "Content-Length: 2, 2\r\n\r\nok", ok_and_open);
}

// RFC 9112 2.2, 4 and 5.2.
TEST(ReplyReader, AcceptsWhatARecipientMay) {
  const std::string rest = "Content-Length: 2\r\n\r\nok";
  expect_however_split("HTTP/1.1 200\r\n" + rest, ok_and_open);
  expect_however_split("HTTP/1.1 200 \r\n" + rest, ok_and_open);
  expect_however_split("HTTP/1.1  200 Very \xe9 good\r\n" + rest, ok_and_open);
  expect_however_split("HTTP/1.1 200 OK\nContent-Length: 2\n\nok", ok_and_open);
  expect_however_split("HTTP/1.1 200 OK\r\nX: y\nContent-Length: 2\r\n\nok", ok_and_open);
  expect_however_split("HTTP/1.1 200 OK\r\nContent-Length:\r\n 2\r\n\r\nok", ok_and_open);
  expect_however_split("HTTP/1.1 200 OK\r\nX: a\r\n\tb\r\n   \r\n" + rest, ok_and_open);
  expect_however_split("HTTP/1.1 200 OK\r\nConnection: upgrade,\r\n close\r\n" + rest, ok_and_closed);
  expect_however_split("HTTP/1.1 200 OK\r\nX:\r\n" + rest, ok_and_open);  // an empty value
}

TEST(ReplyReader, ChunkedWithExtensionsAndTrailers) {
  expect_however_split(
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
      "5;a=1;b=\"x y\"\r\nHello\r\n0;last\r\nX-Sum: 12\r\nX-More: 3\r\n\r\n",
      ok_and_open);
}

TEST(ReplyReader, UntilTheConnectionCloses) {
  expect_however_split("HTTP/1.1 200 OK\r\nX: y\r\n\r\nHello", ok_and_closed, {}, true);
  expect_however_split("HTTP/1.0 200 OK\r\n\r\n", ok_and_closed, {}, true);
  EXPECT_EQ(feed({"HTTP/1.1 200 OK\r\n\r\nHello"}), reading{"need_more"});
}

TEST(ReplyReader, WithoutABodyByStatus) {
  expect_however_split("HTTP/1.1 204 No Content\r\n\r\n", {"complete", 204, true, true, ""});
  expect_however_split("HTTP/1.1 304 Not Modified\r\nETag: \"a\"\r\n\r\n", {"complete", 304, true, true, ""});
  expect_however_split("HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", {"complete", 304, true, true, ""});
}

TEST(ReplyReader, InterimRepliesAreNotTheReply) {
  const std::string reply = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
  expect_however_split("HTTP/1.1 100 Continue\r\n\r\n" + reply, ok_and_open);
  expect_however_split("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n" + reply,
                       ok_and_open);
  EXPECT_EQ(feed({"HTTP/1.1 100 Continue\r\n\r\n"}), reading{"need_more"});
  EXPECT_NE(feed({"HTTP/1.1 100 Continue\r\n\r\n"}, {}, true).end, "complete");
  EXPECT_EQ(feed({"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n"}).status,
            101);
}

TEST(ReplyReader, TheReplyToHeadHasNoBody) {
  expectation head;
  head.head = true;
  expect_however_split("HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\n", ok_and_open, head);
  expect_however_split("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", ok_and_open, head);
}

// A header that is that of the reply before is not parsed again.
TEST(ReplyReader, TheSameHeaderIsReadAsBefore) {
  const std::string header = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n";
  const expectation to_head{.head = true, .body = {}};
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(feed({header + "right"}), ok_and_open);
    EXPECT_EQ(feed({header}, to_head), ok_and_open) << "no body follows";
    EXPECT_EQ(feed({header + "rig"}, {}, true), bad_reply);
    EXPECT_EQ(feed({header, "right"}), ok_and_open);
  }
  EXPECT_EQ(feed({"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nright"}), ok_and_closed);
  EXPECT_EQ(feed({header.substr(0, header.size() - 2) + "Connection: close\r\n\r\nright"}), ok_and_closed);
  EXPECT_EQ(feed({header + "right"}), ok_and_open);
}

TEST(ReplyReader, ComparesTheBody) {
  expectation hello;
  hello.body = "Hello";
  const auto plain = [](const std::string& body) {
    return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  };
  const reading other{"complete", 200, true, false, ""};
  expect_however_split(plain("Hello"), ok_and_open, hello);
  for (const char* body : {"", "Hell", "Hello!", "hello", "HelloHello"})
    expect_however_split(plain(body), other, hello);
  const std::string chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  expect_however_split(chunked + "2\r\nHe\r\n3\r\nllo\r\n0\r\n\r\n", ok_and_open, hello);
  expect_however_split(chunked + "2\r\nHe\r\n3\r\nllx\r\n0\r\n\r\n", other, hello);
  expect_however_split("HTTP/1.1 200 OK\r\n\r\nHello", ok_and_closed, hello, true);
  expectation empty;
  empty.body = "";
  expect_however_split("HTTP/1.1 204 No Content\r\n\r\n", {"complete", 204, true, true, ""}, empty);
}

TEST(ReplyReader, ABodyCutOffIsBad) {
  for (const std::string bytes : {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nHell",
                                  "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nHello\r\n"})
    expect_however_split(bytes, bad_reply, {}, true);
  EXPECT_EQ(feed({}, {}, true), reading{"need_more"});  // no reply had begun
}

TEST(ReplyReader, GarbageIsBad) {
  const std::string head = "HTTP/1.1 200 OK\r\n", chunked = head + "Transfer-Encoding: chunked\r\n\r\n";
  for (const std::string& bytes : {std::string("garbage\r\n\r\n"),
                                   std::string("HTTP/2.0 200 OK\r\n\r\n"),
                                   std::string("HTTP/1.1 OK\r\n\r\n"),
                                   std::string("HTTP/1.1 20 OK\r\n\r\n"),
                                   head + "no colon\r\n\r\n",
                                   head + "Content-Length: x\r\n\r\n",
                                   head + "Content-Length: -1\r\n\r\n",
                                   head + "Content-Length: 99999999999999999999999\r\n\r\n",
                                   head + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab",
                                   chunked + "zz\r\n\r\n",
                                   chunked + "5\r\nHelloX\r\n0\r\n\r\n",
                                   chunked + "5\nHello\r\n0\r\n\r\n",
                                   chunked + "\r\n\r\n",
                                   chunked + "0\r\nno colon\r\n\r\n",
                                   std::string("HTTP/1.1 2000 OK\r\n\r\n"),
                                   std::string("HTTP/1.1 200OK\r\n\r\n"),
                                   std::string("HTTP/1.1 099 x\r\n\r\n"),
                                   head + " folded\r\n\r\n",
                                   head + "a : b\r\n\r\n",
                                   head + ": b\r\n\r\n",
                                   head + "a: b\rc\r\n\r\n",
                                   head + "Content-Length: 1, 2\r\n\r\nab",
                                   head + "Content-Length:\r\n\r\n",
                                   head + "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n"})
    expect_however_split(bytes, bad_reply);
  EXPECT_EQ(feed({std::string(100, '\0')}), bad_reply);
  EXPECT_EQ(feed({"\x16\x03\x03" + std::string(61, '\0')}), bad_reply);  // a TLS record
}

std::string cause_of(const std::string& bytes, bool close = false) {
  reply_reader reader;
  reply r;
  std::string_view input = bytes;
  auto got = reader.read(input, {}, r);
  if (close && got == result::need_more) got = reader.end(r);
  EXPECT_EQ(name(got), "bad") << bytes.substr(0, 100);
  return reader.cause();
}

TEST(ReplyReader, NamesTheCause) {
  const std::string head = "HTTP/1.1 200 OK\r\n", chunked = head + "Transfer-Encoding: chunked\r\n\r\n";
  EXPECT_EQ(cause_of("SSH-2.0-OpenSSH_9.2\r\n"), "status line is 'SSH-2.0-OpenSSH_9.2'");
  EXPECT_EQ(cause_of("HTTP/1.1 OK\r\n\r\n"), "status line is 'HTTP/1.1 OK'");
  EXPECT_EQ(cause_of("\x16\x03\x03"), "status line is '\\x16\\x03\\x03'");
  EXPECT_EQ(cause_of(head + "Content-Length: abc\r\n\r\n"), "Content-Length: 'abc' is no number");
  EXPECT_EQ(cause_of(head + "Content-Length: 1\r\nContent-Length: 2\r\n\r\n"), "Content-Length is both '1' and '2'");
  EXPECT_EQ(cause_of(head + "no colon\r\n\r\n"), "header line without a colon: 'no colon'");
  EXPECT_EQ(cause_of(head + "a b: c\r\n\r\n"), "header field's name is 'a b'");
  EXPECT_EQ(cause_of(head + std::string("a: \0\r\n\r\n", 8)), "control character in the header line 'a: \\x00'");
  EXPECT_EQ(cause_of(chunked + "zz\r\n"), "chunk size is 'zz'");
  EXPECT_EQ(cause_of(chunked + "2\r\nokX"), "chunk goes on behind its size: 'X'");
  EXPECT_EQ(cause_of(head + "X: " + std::string(70'000, 'x') + "\r\n\r\n"), "header field of 70 KB, limit 64 KiB");
  EXPECT_EQ(cause_of(head + "X: " + std::string(70'000, 'x')), "header field of more than 70 KB, limit 64 KiB");
  std::string many = head;
  while (many.size() < 80'000) many += "X-Field: value\r\n";
  EXPECT_EQ(cause_of(many), "header of more than 80 KB, limit 64 KiB");
  EXPECT_EQ(cause_of(head + "Content-Length: 5\r\n\r\nHell", true), "connection closed after 4 of 5 bytes of the body");
  EXPECT_EQ(cause_of(chunked + "5\r\nHel", true), "connection closed inside a chunked body, after 3 bytes of it");
  EXPECT_EQ(cause_of("HTTP/1.1 200", true), "connection closed inside the header, after 12 bytes");
}

// Whatever a server sends, the cause is one short line of ASCII.
TEST(ReplyReader, TheCauseIsPrintableAndShort) {
  const std::string head = "HTTP/1.1 200 OK\r\n", junk(1000, '\xff');
  for (const auto& bytes : {junk, "\x1b[31m" + junk + "\r\n", head + junk + "\r\n\r\n",
                            head + "a: \x1b" + junk + "\r\n\r\n", head + "Content-Length: " + junk + "\r\n\r\n",
                            head + "Content-Length: " + junk + "\r\nContent-Length: 1\r\n\r\n",
                            head + "Transfer-Encoding: chunked\r\n\r\n" + junk + "\r\n"}) {
    const std::string cause = cause_of(bytes);
    EXPECT_FALSE(cause.empty());
    EXPECT_LE(cause.size(), 200u) << cause;
    for (const char c : cause) EXPECT_TRUE(c >= ' ' && c <= '~') << cause;
  }
}

// Feeds `begin`, then `endless` again and again in pieces of that size. The reader must fail before a megabyte.
void expect_gives_up(const std::string& begin, const std::string& endless, std::size_t piece) {
  reply_reader reader;
  reply r;
  std::string_view first = begin;
  ASSERT_EQ(reader.read(first, {}, r), result::need_more);
  std::string part;
  while (part.size() < piece) part += endless;
  for (std::size_t sent = 0; sent < (1u << 20); sent += part.size()) {
    std::string_view input = part;
    if (reader.read(input, {}, r) == result::bad) return;
  }
  ADD_FAILURE() << "still waiting behind " << begin << " for the end of " << endless;
}

TEST(ReplyReader, EndlessIsBad) {
  for (const std::size_t piece : {1000, 65536}) {
    expect_gives_up("HTTP/1.1 200 OK\r\n", "X-Field: value\r\n", piece);
    expect_gives_up("HTTP/1.1 200 OK\r\nX: ", "xxxxxxxx", piece);
    expect_gives_up("HTTP/1.1 200 ", "OK OK OK", piece);
    const std::string chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    expect_gives_up(chunked + "5", ";ext=1", piece);
    expect_gives_up(chunked + "0\r\n", "X-Trailer: value\r\n", piece);
  }
}

TEST(ReplyReader, ALongBodyIsNotKept) {
  for (const std::string head : {"HTTP/1.1 200 OK\r\nContent-Length: 10000000000\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n"}) {
    reply_reader reader;
    reply r;
    std::string_view input = head;
    ASSERT_EQ(reader.read(input, {}, r), result::need_more);
    const std::string body(65536, 'x');
    for (int i = 0; i < 1000; ++i) {
      input = body;
      ASSERT_EQ(reader.read(input, {}, r), result::need_more);
      ASSERT_TRUE(input.empty());
    }
  }
}

TEST(ReplyReader, BytesBehindAReplyAreLeft) {
  const std::string one = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
  EXPECT_EQ(feed({one + "more"}), (reading{"complete", 200, true, true, "more"}));
  EXPECT_EQ(feed({one + one}), (reading{"complete", 200, true, true, one}));
  EXPECT_EQ(feed({"HTTP/1.1 204 No Content\r\n\r\nmore"}), (reading{"complete", 204, true, true, "more"}));
  for (std::size_t i = 1; i < one.size(); ++i)
    EXPECT_EQ(feed({one.substr(0, i), one.substr(i) + "more"}), (reading{"complete", 200, true, true, "more"})) << i;
}

TEST(ReplyReader, StartsAnewBehindAReplyAndAfterReset) {
  reply_reader reader;
  reply r;
  for (int status : {200, 404, 503}) {
    const std::string bytes = "HTTP/1.1 " + std::to_string(status) + " x\r\nContent-Length: 2\r\n\r\nok";
    for (std::string_view piece : {std::string_view(bytes).substr(0, 20), std::string_view(bytes).substr(20)})
      reader.read(piece, {}, r);
    EXPECT_EQ(r.status, status);
  }
  std::string_view cut = "HTTP/1.1 200 OK\r\nContent-Le";
  EXPECT_EQ(reader.read(cut, {}, r), result::need_more);
  reader.reset();
  std::string_view whole = "HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n";
  EXPECT_EQ(reader.read(whole, {}, r), result::complete);
  EXPECT_EQ(r.status, 201);
}

TEST(HttpReplyReader, ABodyHasToHaveThePatternWhereverItIsSplit) {
  const reply_reader::expectation expected{false, std::nullopt, std::make_shared<const body_pattern>("^id: [0-9]+$")};
  for (const std::string body : {"id: 7", "id: x"}) {
    const std::string whole = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n" + body;
    for (std::size_t split = 1; split <= whole.size(); ++split) {
      reply_reader reader;
      reply r;
      std::string_view first = std::string_view(whole).substr(0, split), rest = std::string_view(whole).substr(split);
      auto result = reader.read(first, expected, r);
      if (!rest.empty()) result = reader.read(rest, expected, r);
      ASSERT_EQ(result, reply_reader::result::complete) << split;
      EXPECT_EQ(r.body_as_expected, body == "id: 7") << split;
    }
  }
}

}  // namespace
}  // namespace tvl::load
