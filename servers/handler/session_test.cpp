#include "servers/handler/session.hpp"

#include "servers/conformance/transcripts.hpp"
#include "servers/handler/limits.hpp"
#include "servers/testing/written_request.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <random>
#include <string>
#include <vector>

namespace tvl::handler {
namespace {

using conformance::ending;
using conformance::transcript;
using conformance::transcripts;

constexpr std::size_t read_size = 16u << 10;
constexpr std::size_t all_at_once = std::size_t(-1);

// Drives a session as a model does, with strings in place of a socket.
class driver {
 public:
  explicit driver(std::size_t write_size = all_at_once) : write_size_(write_size) {}

  void feed(std::string_view bytes) {
    for (; !bytes.empty(); bytes.remove_prefix(std::min(read_size, bytes.size())))
      feed_once(bytes.substr(0, read_size));
  }
  void end() {
    if (!s.finished()) s.end();
  }
  // Runs until the session wants input.
  void run() {
    do {
      step();
      write();
    } while (!s.finished() && (s.has_output() || !s.hungry()));
  }
  std::string take() { return std::exchange(output, {}); }

  work done;
  session s{done};
  std::string output;
  std::vector<plan> plans;

 private:
  void feed_once(std::string_view bytes) {
    if (s.finished()) return;
    // A buffer of its own, so that the sanitizer detects a session that reads it later.
    auto buffer = std::make_unique<std::string>(bytes);
    s.feed(*buffer);
    const plan* p = s.next();
    buffer.reset();
    fulfil(p);
    write();
    run();
  }
  void step() { fulfil(s.next()); }
  void fulfil(const plan* p) {
    for (; p; p = s.next()) {
      plans.push_back({p->kind, p->gather, p->time, p->number, nullptr});
      s.reply();
    }
  }
  void write() {
    std::size_t left = write_size_;
    for (const auto piece : s.output()) {
      const auto n = std::min(left, piece.size());
      output += piece.substr(0, n);
      left -= n;
    }
    s.sent(write_size_ - left);
  }

  std::size_t write_size_;
};

using cuts = std::vector<std::size_t>;  // offsets, ascending

void feed(driver& d, std::string_view bytes, const cuts& at) {
  std::size_t begin = 0;
  for (const auto cut : at)
    if (cut > begin && cut < bytes.size()) {
      d.feed(bytes.substr(begin, cut - begin));
      begin = cut;
    }
  d.feed(bytes.substr(begin));
}

void expect_transcript(const transcript& t, const cuts& at, std::size_t write_size = all_at_once) {
  driver d(write_size);
  unsigned replies = 0;
  unsigned errors = 0;
  for (const auto& step : t.steps) {
    feed(d, step.send, at);
    if (t.half_closed) d.end();
    const auto output = d.take();
    ASSERT_TRUE(output == step.expect) << output.size() << " bytes instead:\n" << output.substr(0, 400);
    replies += conformance::count_replies(step.expect);
    errors += conformance::count_errors(step.expect);
  }
  EXPECT_EQ(d.done.replies, replies);
  EXPECT_EQ(d.done.errors, errors);
  EXPECT_EQ(d.done.requests, replies - (t.end == ending::refused));
  EXPECT_EQ(d.s.finished() || d.s.lingering(), t.end != ending::open);
  if (t.end != ending::open) return;
  EXPECT_FALSE(d.s.begun());
  d.feed(conformance::probe().send);
  EXPECT_EQ(d.take(), conformance::probe().expect);
}

cuts every(std::size_t step, std::size_t size) {
  cuts at;
  for (std::size_t i = step; i < size; i += step) at.push_back(i);
  return at;
}

void expect_in_every_way(const transcript& t) {
  const auto size = t.size();
  expect_transcript(t, {});
  expect_transcript(t, {}, t.steps.front().expect.size() < 10'000 ? 1 : 4099);
  if (!t.in_pieces) return;
  expect_transcript(t, every(size < 100'000 ? 1 : 997, size));
  for (const auto cut : every(size < 2000 ? 1 : 1 + size / 12, size)) {
    SCOPED_TRACE("split at " + std::to_string(cut));
    expect_transcript(t, {cut});
    if (testing::Test::HasFailure()) return;
  }
}

// One test for all: a test per transcript would mostly measure process starts.
TEST(session, answers_every_transcript_however_it_arrives) {
  for (const auto& t : transcripts()) {
    SCOPED_TRACE(t.name);
    expect_in_every_way(t);
  }
}

TEST(session, costs_an_idle_connection_nothing_beyond_itself) {
  // Every connection pays for it (memory charts): let it grow only for a reason.
  EXPECT_LE(sizeof(session), 128u);
}

TEST(session, says_what_a_request_waits_for) {
  using operation = plan::operation;
  driver d;
  for (const char* target : {"/delay/7", "/block/8", "/cpu/9", "/json"}) d.feed(request(std::string("GET ") + target));
  ASSERT_EQ(d.plans.size(), 3u);
  EXPECT_EQ(d.plans[0].kind, operation::sleep);
  EXPECT_EQ(d.plans[0].time, std::chrono::milliseconds(7));
  EXPECT_EQ(d.plans[1].kind, operation::block);
  EXPECT_EQ(d.plans[1].time, std::chrono::milliseconds(8));
  EXPECT_EQ(d.plans[2].kind, operation::cpu);
  EXPECT_EQ(d.plans[2].time, std::chrono::microseconds(9));
}

TEST(session, begins_no_request_while_much_is_unsent) {
  constexpr unsigned n = 10'000;
  const std::string one = request("GET /json");
  std::string all;
  for (unsigned i = 0; i < n; ++i) all += one;
  work done;
  session s(done);
  s.feed(all);
  EXPECT_EQ(s.next(), nullptr);
  EXPECT_FALSE(s.hungry());
  EXPECT_LT(s.output()[0].size(), limits::unsent + 200);
  while (s.has_output()) {
    s.sent(s.output()[0].size());
    EXPECT_EQ(s.next(), nullptr);
  }
  EXPECT_TRUE(s.hungry());
  EXPECT_EQ(done.replies, n);
}

TEST(session, never_holds_a_large_reply) {
  work done;
  session s(done);
  const std::string sent = request("GET /bytes/104857600");
  s.feed(sent);
  EXPECT_EQ(s.next(), nullptr);
  std::size_t size = 0;
  const std::string_view sixteen = "0123456789abcdef";
  s.sent(s.output()[0].size());
  while (s.has_output()) {
    const auto piece = s.output()[1];
    ASSERT_LE(piece.size(), 1u << 20);
    ASSERT_EQ(piece.front(), sixteen[size % 16]);
    const auto n = std::min<std::size_t>(piece.size(), 100'003);
    s.sent(n);
    size += n;
  }
  EXPECT_EQ(size, 104'857'600u);
}

TEST(session, knows_when_a_request_has_begun) {
  driver d;
  EXPECT_FALSE(d.s.begun());
  d.feed("G");
  EXPECT_TRUE(d.s.begun());
  d.feed(request("ET /json"));
  EXPECT_FALSE(d.s.begun());
  d.feed(request("POST /echo", "Content-Length: 2\r\n\r\nh"));
  EXPECT_TRUE(d.s.begun());
  d.feed("i");
  EXPECT_FALSE(d.s.begun());
}

TEST(session, watches_no_client_that_waits_itself) {
  work done;
  session s(done);
  const std::string sent = request("GET /delay/7") + "GET /js";
  s.feed(sent);
  ASSERT_NE(s.next(), nullptr);
  EXPECT_FALSE(s.begun());
  s.reply();
  EXPECT_EQ(s.next(), nullptr);
  EXPECT_TRUE(s.begun());
}

TEST(session, tells_one_unfinished_request_from_the_next) {
  driver d;
  d.feed("GET /js");
  EXPECT_TRUE(d.s.another());
  EXPECT_FALSE(d.s.another());
  d.feed("on HTTP/1.1\r\nHost");
  EXPECT_FALSE(d.s.another());
  d.feed(": a\r\n\r\nGET /js");
  EXPECT_TRUE(d.s.begun());
  EXPECT_TRUE(d.s.another());
  EXPECT_FALSE(d.s.another());
}

TEST(session, time_is_over_for_what_has_begun_only) {
  driver idle;
  idle.feed(request("GET /json"));
  idle.take();
  idle.s.time_out();
  EXPECT_TRUE(idle.s.finished());

  driver late;
  late.feed("GET /json HT");
  late.s.time_out();
  late.run();
  EXPECT_EQ(late.take(),
            "HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Type: text/plain\r\n"
            "Content-Length: 15\r\n\r\nRequest Timeout");
  EXPECT_TRUE(late.s.finished());
  EXPECT_EQ(late.done.errors, 1u);

  driver refused;
  refused.feed("nonsense\r\n\r\n");
  refused.take();
  refused.s.time_out();
  refused.run();
  EXPECT_EQ(refused.take(), "");
  EXPECT_TRUE(refused.s.finished());
}

TEST(session, takes_no_header_without_end_field_by_field) {
  driver d;
  d.feed("GET /json HTTP/1.1\r\nHost: a\r\n");
  for (int i = 0; i < 1000 && d.output.empty(); ++i) d.feed("X-Some-Field: some value\r\n");
  EXPECT_TRUE(d.output.starts_with("HTTP/1.1 431 ")) << d.output;
}

TEST(session, listens_only_so_long_after_an_error) {
  driver d;
  d.feed("nonsense\r\n\r\n");
  EXPECT_TRUE(d.s.lingering());
  d.feed(std::string(limits::linger, 'x'));
  EXPECT_TRUE(d.s.lingering());
  d.feed("x");
  EXPECT_TRUE(d.s.finished());
}

// Of two faults the same is told, whether they come together or a byte at a time.
TEST(session, tells_the_same_fault_however_it_arrives) {
  const std::string post = "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
  const std::string much(9000, 'z'), zeros(9000, '0'), field = "X: " + std::string(8000, 'y') + "\r\n";
  const std::vector<std::pair<std::string, std::string>> faults{
      {std::string(9000, '@'), "400"},
      {much, "414"},
      {"GET /" + much + "\n", "414"},
      {"GET / HTTP/1.1\nHost: a\n\n", "400"},
      {"\nGET / HTTP/1.1\r\n", "400"},
      {"GET / HTTP/1.1\r\n" + field + field, "431"},
      {post + "2\r\nffff\r\n", "400"},
      {post + "2\r\nffx", "400"},
      {post + "2\r\nff\rx", "400"},
      {post + "\n", "400"},
      {post + "\r\n", "400"},
      {post + "5\n", "400"},
      {post + "2\r\nff\r\n\n", "400"},
      {post + "2;x=\"y\r\nff\r\n", "400"},
      {post + "0;x=\"y\r\nZ: z\r\n\r\n", "400"},
      {post + much + "\r\n", "431"},
      {post + zeros + "2\r\nff\r\n0\r\n\r\n", "431"},
      {post + "2;" + much + "\r\nff\r\n0\r\n\r\n", "431"},
      {post + "0\r\n" + field + field + "\r\n", "431"},
      {post + "0\r\nX : y\r\n\r\n", "400"},
  };
  for (const auto& [bytes, status] : faults) {
    for (const bool at_once : {true, false}) {
      driver d;
      at_once ? d.feed(bytes) : feed(d, bytes, every(1, bytes.size()));
      EXPECT_TRUE(d.output.starts_with("HTTP/1.1 " + status))
          << testing::PrintToString(bytes.substr(0, 100)) << at_once << d.output;
    }
  }
}

// The split of the input makes no difference, except to a client that sends "Expect: 100-continue".
TEST(session, reads_damaged_requests_the_same_however_they_arrive) {
  std::mt19937 random(20240607);
  const auto below = [&](std::size_t n) { return std::uniform_int_distribution<std::size_t>(0, n - 1)(random); };
  std::vector<std::string> sources;
  for (const auto& t : transcripts()) {
    std::string all;
    for (const auto& step : t.steps) all += step.send;
    if (t.in_pieces && all.size() < 3000 && all.find("Expect") == all.npos) sources.push_back(all);
  }
  for (int round = 0; round < 4000; ++round) {
    std::string bytes = sources[below(sources.size())] + sources[below(sources.size())];
    for (auto changes = 1 + below(3); changes > 0; --changes) {
      const auto at = below(bytes.size());
      switch (below(4)) {
        case 0:
          bytes[at] = static_cast<char>(below(256));
          break;
        case 1:
          bytes[at] = " \r\n:;,0aF/\t"[below(11)];
          break;
        case 2:
          bytes.erase(at, 1 + below(4));
          break;
        default:
          bytes.insert(at, bytes.substr(below(bytes.size()), 1 + below(8)));
          break;
      }
    }
    driver whole;
    whole.feed(bytes);
    driver split;
    feed(split, bytes, round % 2 ? every(1, bytes.size()) : cuts{below(bytes.size())});
    ASSERT_EQ(whole.output, split.output) << testing::PrintToString(bytes);
    ASSERT_EQ(whole.done.requests, split.done.requests) << testing::PrintToString(bytes);
  }
}

}  // namespace
}  // namespace tvl::handler
