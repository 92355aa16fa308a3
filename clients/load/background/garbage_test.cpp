#include "clients/load/background/background_connections.hpp"
#include "clients/load/background/background_server.hpp"

#include <gtest/gtest.h>

#include <set>

namespace tvl::load {
namespace {

background_plan garbage(int connections) {
  background_plan p;
  p.garbage = connections;
  p.drip_s = 0.001;
  return p;
}

TEST(garbage, is_never_empty_seldom_the_same_and_the_same_in_every_run) {
  const url server = parse_url("http://127.0.0.1:8080/plaintext", false);
  garbage_source one(server), other(server);
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) {
    const std::string piece = one.next();
    EXPECT_FALSE(piece.empty());
    EXPECT_EQ(piece, other.next());
    seen.insert(piece);
  }
  EXPECT_GE(seen.size(), 990u);
}

TEST(garbage, goes_on_whatever_the_answer) {
  server s({.header_limit = 1000, .answer = "not HTTP"});
  background_connections c(garbage(2), s.at("/plaintext"));
  ASSERT_TRUE(comes_true([&] { return c.end_window().garbage->bytes_sent >= 100'000; }));
  const auto seen = *c.end_window().garbage;
  EXPECT_EQ(seen.asked, 2u);
  EXPECT_GT(seen.bytes_received, 0u);
  EXPECT_EQ(seen.replies + seen.status_errors + seen.protocol_errors, 0u) << "nothing is expected of an answer";
}

TEST(garbage, comes_back_at_once_where_it_is_turned_away) {
  server s({.close_at_once = true});
  background_connections c(garbage(1), s.at("/plaintext"));
  ASSERT_TRUE(comes_true([&] { return c.end_window().garbage->lost >= 100; })) << "without growing back-off";
}

}  // namespace
}  // namespace tvl::load
