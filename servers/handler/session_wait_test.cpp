#include "servers/handler/session.hpp"
#include "servers/testing/written_request.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>

namespace tvl::handler {
namespace {

// A session that has returned the plan of this request.
struct waiting {
  explicit waiting(const std::string& bytes) : s(done) {
    s.feed(bytes);
    EXPECT_NE(s.next(), nullptr);
  }
  std::string written() {
    std::string all;
    while (s.has_output()) {
      const auto text = s.output()[0];
      all += text;
      s.sent(text.size());
    }
    return all;
  }
  work done;
  session s;
};

TEST(session, answers_with_a_service_result) {
  waiting w(request("GET /cache/a"));
  w.s.reply({200, "value"});
  EXPECT_EQ(w.written(), "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nvalue");
  EXPECT_EQ(w.done.replies, 1u);
  EXPECT_EQ(w.done.errors, 0u);
}

TEST(session, answers_with_the_reason_of_a_wait_that_failed) {
  waiting w(request("GET /db/1"));
  w.s.reply({504, "the database took too long"});
  EXPECT_EQ(w.written(),
            "HTTP/1.1 504 Gateway Timeout\r\nContent-Type: text/plain\r\nContent-Length: 26\r\n\r\n"
            "the database took too long");
  EXPECT_EQ(w.done.errors, 1u);
  EXPECT_FALSE(w.s.finished());
}

void stream_two_pieces(waiting& w, std::optional<std::uint64_t> size) {
  w.s.begin(size);
  w.s.piece("one");
  w.s.piece("");
  w.s.piece("0123456789abcdef");
  w.s.finish();
}

TEST(session, streams_in_chunks_when_the_size_is_unknown) {
  waiting w(request("GET /stream/2"));
  stream_two_pieces(w, std::nullopt);
  EXPECT_EQ(w.written(),
            "HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
            "3\r\none\r\n10\r\n0123456789abcdef\r\n0\r\n\r\n");
  EXPECT_FALSE(w.s.finished());
}

TEST(session, streams_as_it_is_when_the_size_is_known) {
  waiting w(request("GET /object/x", "Connection: close\r\n\r\n"));
  stream_two_pieces(w, 19);
  EXPECT_EQ(w.written(),
            "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: application/octet-stream\r\n"
            "Content-Length: 19\r\n\r\none0123456789abcdef");
  EXPECT_TRUE(w.s.finished());
}

TEST(session, ends_a_stream_with_the_connection_for_http_1_0) {
  waiting w("GET /stream/2 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  stream_two_pieces(w, std::nullopt);
  EXPECT_EQ(w.written(),
            "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: application/octet-stream\r\n\r\n"
            "one0123456789abcdef");
  EXPECT_TRUE(w.s.finished());
}

TEST(session, streams_nothing_to_head) {
  waiting w(request("HEAD /stream/2"));
  stream_two_pieces(w, std::nullopt);
  EXPECT_TRUE(w.written().ends_with("Transfer-Encoding: chunked\r\n\r\n"));
}

TEST(session, breaks_off_a_stream_without_its_end) {
  waiting w(request("GET /stream/2"));
  w.s.begin(std::nullopt);
  w.s.piece("one");
  w.s.abort();
  EXPECT_TRUE(w.s.finished());
  EXPECT_EQ(w.written(), "");
}

TEST(session, goes_on_with_the_pipeline_after_a_stream) {
  waiting w(request("GET /stream/2") + request("GET /plaintext"));
  stream_two_pieces(w, std::nullopt);
  EXPECT_EQ(w.s.next(), nullptr);
  EXPECT_TRUE(
      w.written().ends_with("0\r\n\r\nHTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
                            "Content-Length: 13\r\n\r\nHello, World!"));
}

const std::string upgrade =
    "GET /ws/room?room=5 HTTP/1.1\r\nHost: a\r\nupgrade: h2c, WebSocket\r\nConnection: keep-alive\r\n"
    "connection: x, UPGRADE\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

TEST(session, hands_a_connection_over_with_what_has_arrived_behind_the_request) {
  for (std::size_t split = 1; split <= upgrade.size(); ++split) {
    work done;
    session s(done);
    const auto first = std::make_unique<std::string>(upgrade.substr(0, split)),
               rest = std::make_unique<std::string>(upgrade.substr(split) + "frames");
    s.feed(*first);
    const auto* p = s.next();
    if (!p) {
      s.feed(*rest);
      p = s.next();
    }
    ASSERT_TRUE(p) << split;
    EXPECT_EQ(p->kind, plan::operation::ws_room);
    EXPECT_EQ(p->number, 5u);
    EXPECT_EQ(*p->text, "dGhlIHNhbXBsZSBub25jZQ==");
    EXPECT_EQ(s.upgrade(), split < upgrade.size() ? "frames" : "");
    EXPECT_TRUE(s.finished());
    EXPECT_EQ(s.next(), nullptr);
    EXPECT_EQ(done.requests, 1u);
    EXPECT_EQ(done.replies, 1u);
  }
}

TEST(session, still_has_the_replies_to_requests_before_an_upgrade) {
  work done;
  session s(done);
  const auto input = "GET /json HTTP/1.1\r\nHost: a\r\n\r\n" + upgrade;
  s.feed(input);
  ASSERT_TRUE(s.next());
  EXPECT_TRUE(s.has_output());
  s.upgrade();
  EXPECT_FALSE(s.finished());
  s.sent(s.output()[0].size());
  EXPECT_TRUE(s.finished());
  EXPECT_EQ(done.replies, 2u);
}

}  // namespace
}  // namespace tvl::handler
