#include "bench/suite/processes/readiness.hpp"

#include <gtest/gtest.h>

namespace tvl::suite {
namespace {

readiness closed_after(const std::string& bytes) { return read_raw({true, bytes, true, false}); }

TEST(readiness, another_protocol_is_named_and_not_waited_for) {
  using namespace std::string_literals;
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"\x15\x03\x01\x00\x02\x02\x46"s, "it speaks TLS, and http:// is measured without it"},
      {"\x16\x03\x03\x00\x7a\x02"s, "it speaks TLS, and http:// is measured without it"},
      {"\x00\x00\x06\x04\x00\x00\x00\x00\x00\x00\x03\x00\x00\x00\x64"s,
       "it speaks HTTP/2 only, and HTTP/1.1 is measured"},
      {"\x00\x00\x08\x07\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01"s,
       "it speaks HTTP/2 only, and HTTP/1.1 is measured"},
      {"SSH-2.0-OpenSSH_9.2\r\nmore", "it speaks no HTTP/1.x, and says 'SSH-2.0-OpenSSH_9.2'"},
      {"\xff\x00\x01"s, "it speaks no HTTP/1.x, and says '\\xff\\x00\\x01'"},
  };
  for (const auto& [bytes, text] : cases) {
    const auto found = closed_after(bytes);
    EXPECT_EQ(found.instead, text);
    EXPECT_TRUE(found.lasting) << text;
    EXPECT_FALSE(found.ready);
  }
  EXPECT_LT(closed_after(std::string(100'000, 'x')).instead.size(), 120U);
}

TEST(readiness, a_reply_that_ends_too_early_is_named_and_may_get_better) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"", "it closes the connection without a reply"},
      {"HTTP/1.1 200 OK\r\nContent-", "its reply ends inside the header fields, then the connection is closed"},
      {"HTTP/1.1 200 OK\r\ncontent-LENGTH: 13\r\n\r\nHello",
       "its reply is short: 5 of 13 bytes of the body, then the connection is closed"},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nHello",
       "its reply has no end, then the connection is closed"},
  };
  for (const auto& [bytes, text] : cases) {
    EXPECT_EQ(closed_after(bytes).instead, text);
    EXPECT_FALSE(closed_after(bytes).lasting) << text;
  }
  EXPECT_EQ(read_raw({true, "", false, false}).instead, "it accepts the connection and sends nothing");
  EXPECT_EQ(read_raw({true, "", false, true}).instead, "it closes the connection without a reply");
  EXPECT_EQ(read_raw({}).instead, "");
  EXPECT_FALSE(read_raw({}).connected);
}

TEST(readiness, a_gateway_without_its_back_end_is_not_ready_yet) {
  for (const long status : {502L, 503L, 504L}) EXPECT_TRUE((readiness{true, status, true, "", false}.says_not_yet()));
  for (const long status : {200L, 404L, 500L, 501L}) {
    EXPECT_FALSE((readiness{true, status, true, "", false}.says_not_yet())) << status;
  }
}

}  // namespace
}  // namespace tvl::suite
