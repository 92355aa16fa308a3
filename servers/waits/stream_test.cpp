// Streamed replies, on threads and on a loop.

#include "servers/testing/test_servers.hpp"
#include "servers/waits/stream_chunk.hpp"

#include <limits>

namespace tvl::waits {
namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;
using conformance::client;

const std::string head =
    "HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nTransfer-Encoding: chunked\r\n\r\n";
const std::string end_of_stream = "0\r\n\r\n";

std::string as_chunk(int number) {
  const auto text = "chunk " + std::to_string(number) + "\n";
  const char* digits = "0123456789abcdef";
  return std::string(1, digits[text.size()]) + "\r\n" + text + "\r\n";
}

std::string streamed(int number) {
  std::string result = head;
  for (int i = 0; i < number; ++i) result += as_chunk(i);
  return result + end_of_stream;
}

template <class Server>
class stream : public testing::Test {
 protected:
  void TearDown() override { EXPECT_EQ(open_descriptors(), descriptors_); }

 private:
  const std::size_t descriptors_ = open_descriptors();
};
using both = testing::Types<blocking_server, awaiting_server>;
TYPED_TEST_SUITE(stream, both);

TYPED_TEST(stream, has_as_many_chunks_as_asked_for) {
  TypeParam server(local_only());
  client c(server.port());
  for (const int number : {0, 1, 2, 12'345})
    expect_reply(c, get("/stream/" + std::to_string(number)) + get("/plaintext"), streamed(number) + hello);
}

TYPED_TEST(stream, comes_in_its_own_time) {
  TypeParam server(local_only());
  client c(server.port());
  const auto start = clock::now();
  expect_reply(c, get("/stream/3?ms=60"), streamed(3));
  EXPECT_GE(clock::now() - start, 180ms);
}

TYPED_TEST(stream, comes_piece_by_piece) {
  TypeParam server(local_only());
  client c(server.port());
  EXPECT_TRUE(c.send(get("/stream/3?ms=500") + get("/plaintext")));
  c.receive(head.size() + 1);
  const auto first = c.take();
  EXPECT_FALSE(first.ends_with(end_of_stream));
  const auto whole = streamed(3) + hello;
  EXPECT_TRUE(whole.starts_with(first)) << first;
  expect_reply(c, whole.substr(first.size()));
}

TYPED_TEST(stream, is_for_old_and_incurious_clients_too) {
  TypeParam server(local_only());
  for (const auto& behind : {std::string(), get("/plaintext")}) {  // which is not read any more
    client old(server.port());
    EXPECT_TRUE(old.send("GET /stream/2 HTTP/1.0\r\n\r\n" + behind));
    EXPECT_TRUE(old.receive_to_end());
    EXPECT_TRUE(old.take().ends_with("\r\n\r\nchunk 0\nchunk 1\n"));
  }
  client incurious(server.port());
  expect_reply(incurious, "HEAD /stream/1000 HTTP/1.1\r\nHost: a\r\n\r\n" + get("/plaintext"), head + hello);
}

// 14 MB, which may or may not fit into the connection's buffers; the client reads slowly.
TYPED_TEST(stream, waits_for_a_slow_client) {
  TypeParam server(local_only());
  client c(server.port());
  c.be_slow();
  const auto expect = streamed(400'000);
  EXPECT_TRUE(c.send(get("/stream/400000")));
  c.receive(expect.size());
  EXPECT_TRUE(c.take() == expect);
}

TYPED_TEST(stream, ends_for_a_client_that_takes_nothing) {
  TypeParam server(local_only(0.5));
  client c(server.port());
  EXPECT_TRUE(c.send(get("/stream/1000000")));
  EXPECT_TRUE(c.receive(head.size()));
  EXPECT_TRUE(eventually([&] { return server.connections().none(); }));
  c.receive_to_end();
  EXPECT_FALSE(c.take().ends_with(end_of_stream));
}

TYPED_TEST(stream, ends_when_the_client_has_gone) {
  TypeParam server(local_only(60));
  for (const std::string& request : {get("/stream/9?ms=50000"), get("/stream/9?ms=50000") + get("/plaintext"),
                                     get("/stream/1000000?ms=1"), get("/stream/1000000")}) {
    for (void (client::*leave)() : {&client::hang_up, &client::reset}) {
      client c(server.port());
      EXPECT_TRUE(c.send(request));
      EXPECT_TRUE(c.receive(head.size()));
      (c.*leave)();
      EXPECT_TRUE(eventually([&] { return server.connections().none(); })) << request;
    }
  }
}

TYPED_TEST(stream, goes_on_in_a_drain) {
  TypeParam server(local_only());
  client c(server.port());
  EXPECT_TRUE(c.send(get("/stream/4?ms=150")));
  c.receive(head.size());
  server.connections().drain();
  expect_reply(c, streamed(4));
  EXPECT_TRUE(c.receive_to_end());
}

TYPED_TEST(stream, leaves_the_others_alone) {
  TypeParam server(local_only());
  client endless(server.port());
  client quick(server.port());
  EXPECT_TRUE(endless.send(get("/stream/1000000")));
  std::jthread reading([&](const std::stop_token& stop) {
    for (std::size_t size = 1; !stop.stop_requested() && endless.receive(size); size += 100'000) continue;
  });
  for (int i = 0; i < 20; ++i) expect_reply(quick, get("/plaintext"), hello);
}

TEST(stream_on_a_loop, goes_with_the_loop) {
  std::vector<std::unique_ptr<client>> clients;
  const auto descriptors = open_descriptors();
  {
    awaiting_server server(local_only());
    for (const std::string target : {"/stream/9?ms=50000", "/stream/1000000", "/stream/100000?ms=1"}) {
      auto& c = clients.emplace_back(std::make_unique<client>(server.port()));
      EXPECT_TRUE(c->send(get(target)) && c->receive(head.size()));
    }
  }
  clients.clear();
  EXPECT_EQ(open_descriptors(), descriptors);
}

TEST(chunk, holds_every_number) {
  EXPECT_EQ(std::string_view(chunk(0)), "chunk 0\n");
  EXPECT_EQ(std::string_view(chunk(std::numeric_limits<std::uint64_t>::max())), "chunk 18446744073709551615\n");
}

}  // namespace
}  // namespace tvl::waits
